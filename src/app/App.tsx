/** The page: one column with the model's status, the conversation and the composer. Sees a Session and nothing behind it. */
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Announcer } from './answer/Announcer.tsx';
import { Conversation } from './answer/Conversation.tsx';
import { Composer } from './Composer.tsx';
import { focusQuestion } from './focus.ts';
import { DownIcon } from './icons.tsx';
import { useWords } from './language.ts';
import { later } from './later.tsx';
import { useWakeLock } from './wake-lock.ts';
import { useIncomingImages } from './images/incoming.ts';
import { Header } from './Header.tsx';
import type { History } from './history/history.ts';
import type { Offline } from './offline.ts';
import { useStickToEnd } from './scroll.ts';
import type { ImageReader, Session } from './session.ts';
import { differsInWordsOnly, type AttachedImage } from './state.ts';
import { Welcome } from './Welcome.tsx';

const HistoryDrawer = later(async () => (await import('./history/History.tsx')).HistoryDrawer);
const Viewer = later(async () => (await import('./images/Viewer.tsx')).Viewer);

export interface AppProps {
  session: Session;
  offline: Offline;
  history: Promise<History>;
  reader: ImageReader;
  /** Stands in the header beside the model's status. */
  settings?: ReactNode;
  /** Whether a server computes the answers: images and questions then leave the device. */
  elsewhere?: boolean;
}

export function App({ session, offline, history, reader, settings, elsewhere = false }: AppProps) {
  const state = useSyncExternalStore(session.subscribe, session.getState, session.getState);
  const words = useWords();
  const question = useRef<HTMLTextAreaElement>(null);
  const dragging = useIncomingImages(session);
  const { atEnd, jump } = useStickToEnd(state.turns);
  const { model, turns } = state;
  // What stands around the conversation is not rendered anew with every word of an answer.
  const [around, setAround] = useState(state);
  if (!differsInWordsOnly(around, state)) setAround(state);
  const info = model.status === 'ready' ? model.info : null;
  const empty = turns.length === 0;
  const [drawer, setDrawer] = useState(false);
  const [viewed, setViewed] = useState<AttachedImage | null>(null);
  useWakeLock(model.status === 'loading' && model.progress?.step === 'download');

  // An image that was just added is there to be asked about.
  const hasImage = state.draft.images.length > 0;
  useEffect(() => {
    if (hasImage) focusQuestion(question.current);
  }, [hasImage]);

  const edit = useCallback(
    (id: number) => {
      session.edit(id);
      question.current?.focus({ preventScroll: true });
    },
    [session],
  );
  const startAnew = useCallback(() => {
    session.newConversation();
    focusQuestion(question.current);
  }, [session]);
  const openDrawer = useCallback(() => setDrawer(true), []);
  return (
    <div className="page">
      <Header state={around} session={session} offline={offline} onDrawer={openDrawer} onNew={startAnew}>
        {settings}
      </Header>
      <main className="main">
        {empty && <Welcome session={session} elsewhere={elsewhere} />}
        <Conversation turns={turns} info={info} session={session} onEdit={edit} onView={setViewed} />
      </main>
      <footer className="dock">
        {!atEnd && !empty && (
          <button type="button" className="jump" onClick={jump}>
            <DownIcon />
            {words.conversation.latest}
          </button>
        )}
        <Composer state={around} session={session} inputRef={question} onView={setViewed} />
      </footer>
      {dragging && (
        <div className="drop-target" aria-hidden="true">
          <p>{words.image.drop}</p>
        </div>
      )}
      {drawer && <HistoryDrawer {...{ history, session, reader, offline }} onClose={() => setDrawer(false)} />}
      {viewed !== null && <Viewer image={viewed} info={info} session={session} onClose={() => setViewed(null)} />}
      <Announcer model={model} turns={turns} />
    </div>
  );
}
