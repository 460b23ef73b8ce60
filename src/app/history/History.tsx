/** The drawer: kept conversations to search, open and take away, and the settings of the page. */
import { use, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Dialog } from '../Dialog.tsx';
import { failureOf } from '../failures.ts';
import { GhostIcon, NewIcon, SearchIcon } from '../icons.tsx';
import { fill, plural, useWords } from '../language.ts';
import type { Offline } from '../offline.ts';
import type { ImageReader, Session } from '../session.ts';
import { Settings } from '../Settings.tsx';
import { Entry } from './Entry.tsx';
import { download, fileName, toJson } from './export.ts';
import type { History, HistoryState } from './history.ts';
import { importConversations } from './import.ts';
import { contains, type ConversationRecord } from './record.ts';

interface DrawerProps {
  history: History;
  session: Session;
  reader: ImageReader;
  offline: Offline;
  onClose: () => void;
}

function Search({ text, onText }: { text: string; onText: (text: string) => void }) {
  const w = useWords().history;
  return (
    <label className="search">
      <SearchIcon />
      <input
        type="search"
        aria-label={w.search}
        placeholder={w.search}
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
    </label>
  );
}

function Records({ state, history, session, onClose }: DrawerProps & { state: HistoryState }) {
  const w = useWords().history;
  const [text, setText] = useState('');
  const records = state.records ?? [];
  const found = records.filter((record) => contains(record, text));
  const current = session.getState().conversation.id;
  function open(record: ConversationRecord) {
    if (record.id !== current) void history.open(record);
    onClose();
  }
  return (
    <>
      {records.length > 0 && <Search text={text} onText={setText} />}
      {state.records !== null && found.length === 0 && (
        <p className="muted">{records.length === 0 ? w.none : fill(w.nothingFound, { text })}</p>
      )}
      <ul className="records">
        {found.map((record) => (
          <Entry
            key={record.id}
            record={record}
            history={history}
            current={record.id === current}
            onOpen={() => open(record)}
          />
        ))}
      </ul>
    </>
  );
}

function ImportButton({ history, reader }: DrawerProps) {
  const w = useWords().history;
  const input = useRef<HTMLInputElement>(null);
  const [imported, setImported] = useState<{ added: number; known: number } | null>(null);
  async function add(file: File) {
    setImported(null);
    await history.attempt(async () => {
      const conversations = await importConversations(file, reader);
      const added = await history.add(conversations);
      setImported({ added, known: conversations.length - added });
    });
    if (input.current !== null) input.current.value = '';
  }
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        {w.import}
      </button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={(event) => event.target.files?.[0] && void add(event.target.files[0])}
      />
      {imported !== null && (
        <output>
          {imported.known === 0 || imported.added > 0 ? `${plural(w.imported, imported.added)} ` : ''}
          {imported.known > 0 ? plural(w.importedKnown, imported.known) : ''}
        </output>
      )}
    </>
  );
}

function Everything(props: DrawerProps & { state: HistoryState }) {
  const words = useWords();
  const w = words.history;
  const { state, history } = props;
  const [sure, setSure] = useState(false);
  const records = state.records ?? [];
  async function saveAll() {
    await history.attempt(async () => {
      const all = await Promise.all(
        records.map(async (record) => ({ record, images: await history.imagesOf(record) })),
      );
      download(await toJson(all), fileName(w.name, 'json'));
    });
  }
  if (sure) {
    return (
      <div className="failure" role="alertdialog" aria-label={w.deleteAll}>
        <p>{plural(w.sureAll, records.length)}</p>
        <div className="actions">
          <button type="button" className="button" onClick={() => void history.removeAll().then(() => setSure(false))}>
            {w.deleteAll}
          </button>
          <button type="button" className="button" onClick={() => setSure(false)}>
            {words.cancel}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="actions">
      <ImportButton {...props} />
      {records.length > 0 && (
        <>
          <button type="button" className="button" onClick={() => void saveAll()}>
            {w.exportAll}
          </button>
          <button type="button" className="button" onClick={() => setSure(true)}>
            {w.deleteAll}
          </button>
        </>
      )}
    </div>
  );
}

/** `history` may still be on its way; who shows the drawer shows something meanwhile. */
export function HistoryDrawer({
  history: coming,
  ...rest
}: Omit<DrawerProps, 'history'> & { history: Promise<History> }) {
  const history = use(coming);
  const props: DrawerProps = { ...rest, history };
  const { session, onClose } = props;
  const w = useWords();
  const state = useSyncExternalStore(history.subscribe, history.getState, history.getState);
  useEffect(() => void history.refresh(), [history]);
  function start(temporary: boolean) {
    session.newConversation(temporary);
    onClose();
  }
  return (
    <Dialog title={w.history.name} className="drawer" onClose={onClose}>
      <div className="actions">
        <button type="button" className="button primary" onClick={() => start(false)}>
          <NewIcon />
          {w.conversation.new}
        </button>
        <button type="button" className="button" title={w.history.temporaryHelp} onClick={() => start(true)}>
          <GhostIcon />
          {w.history.temporary}
        </button>
      </div>
      {state.problem !== null && (
        <p className="failure" role="alert">
          {failureOf(state.problem).sentence}
        </p>
      )}
      <Records {...props} state={state} />
      <Everything {...props} state={state} />
      <p className="muted">{w.history.kept}</p>
      <Settings offline={props.offline} />
      <a className="quiet results" href="benchmarks.html" target="_blank" rel="noopener">
        {w.benchmarks}
      </a>
      <a className="quiet results" href="third-party-licences.txt" target="_blank" rel="noopener">
        {w.licences}
      </a>
    </Dialog>
  );
}
