/** The line at the top: way into the drawer, name, state of the model, and what the conversation is. */
import { memo, type ReactNode, useSyncExternalStore } from 'react';
import { MenuIcon, NewIcon } from './icons.tsx';
import { useWords } from './language.ts';
import { ModelStatus } from './ModelStatus.tsx';
import type { Offline } from './offline.ts';
import type { Session } from './session.ts';
import { isBusy, type State } from './state.ts';

interface HeaderProps {
  state: State;
  session: Session;
  offline: Offline;
  onDrawer: () => void;
  onNew: () => void;
  /** Stands beside the model's status. */
  children?: ReactNode;
}

export const Header = memo(function Header({ state, session, offline, onDrawer, onNew, children }: HeaderProps) {
  const words = useWords();
  const offlineState = useSyncExternalStore(offline.subscribe, offline.getState, offline.getState);
  return (
    <header className="header">
      <button type="button" className="remove" aria-label={words.history.open} onClick={onDrawer}>
        <MenuIcon />
      </button>
      <h1>
        <img src="icon.svg" alt="" width={28} height={28} />
        {words.product}
      </h1>
      <ModelStatus
        model={state.model}
        offline={offlineState}
        onReload={session.load}
        onDelete={() => void session.deleteModel()}
        adapter={state.adapter}
        onAdapter={session.chooseAdapter}
      />
      {children}
      {state.conversation.temporary && <span className="tag">{words.history.temporaryTag}</span>}
      {offlineState === 'update' && (
        // Never while an answer is written: the page is loaded anew.
        <button type="button" className="tool" disabled={isBusy(state)} onClick={offline.update}>
          {words.offline.update}
        </button>
      )}
      {state.turns.length > 0 && (
        <button type="button" className="tool compact" onClick={onNew}>
          <NewIcon />
          <span>{words.conversation.new}</span>
        </button>
      )}
    </header>
  );
});
