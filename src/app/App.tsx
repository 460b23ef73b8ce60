/** The page: one column with the model's status, the conversation and the composer. Sees a Session and nothing behind it. */
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { Announcer } from './Announcer.tsx';
import { Composer } from './Composer.tsx';
import { Conversation } from './Conversation.tsx';
import { focusQuestion } from './focus.ts';
import { DownIcon, NewIcon } from './icons.tsx';
import { useIncomingPictures } from './incoming.ts';
import { useWords } from './language.ts';
import { ModelStatus } from './ModelStatus.tsx';
import type { Offline } from './offline.ts';
import { useStickToEnd } from './scroll.ts';
import type { Session } from './session.ts';
import { isBusy } from './state.ts';
import { Welcome } from './Welcome.tsx';

export function App({ session, offline }: { session: Session; offline: Offline }) {
  const state = useSyncExternalStore(session.subscribe, session.getState, session.getState);
  const offlineState = useSyncExternalStore(offline.subscribe, offline.getState, offline.getState);
  const words = useWords();
  const question = useRef<HTMLTextAreaElement>(null);
  const dragging = useIncomingPictures(session);
  const { atEnd, jump } = useStickToEnd(state.turns);
  const { model, turns } = state;
  const info = model.status === 'ready' ? model.info : null;
  const empty = turns.length === 0;

  // A picture that was just added is there to be asked about.
  const hasPicture = state.draft.pictures.length > 0;
  useEffect(() => {
    if (hasPicture) focusQuestion(question.current);
  }, [hasPicture]);

  const edit = useCallback(
    (id: number) => {
      session.edit(id);
      question.current?.focus({ preventScroll: true });
    },
    [session],
  );
  function startAnew() {
    session.newConversation();
    focusQuestion(question.current);
  }
  return (
    <div className="page">
      <header className="header">
        <h1>
          <img src="icon.svg" alt="" width={28} height={28} />
          {words.product}
        </h1>
        <ModelStatus
          model={model}
          offline={offlineState !== 'unavailable'}
          onReload={session.load}
          onDelete={() => void session.deleteModel()}
        />
        {offlineState === 'update' && (
          <button type="button" className="tool" disabled={isBusy(state)} onClick={offline.update}>
            {words.offline.update}
          </button>
        )}
        {!empty && (
          <button type="button" className="tool compact" onClick={startAnew}>
            <NewIcon />
            <span>{words.conversation.new}</span>
          </button>
        )}
      </header>
      <main className="main">
        {empty && <Welcome session={session} />}
        <Conversation turns={turns} info={info} session={session} onEdit={edit} />
      </main>
      <div className="dock">
        {!atEnd && !empty && (
          <button type="button" className="jump" onClick={jump}>
            <DownIcon />
            {words.conversation.latest}
          </button>
        )}
        <Composer state={state} session={session} inputRef={question} />
      </div>
      {dragging && (
        <div className="drop-target" aria-hidden="true">
          <p>{words.picture.drop}</p>
        </div>
      )}
      <Announcer model={model} turns={turns} />
    </div>
  );
}
