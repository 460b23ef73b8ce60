/** One kept conversation → a row to open it with, and what else can be done with it: rename, take away, delete. */
import { type FormEvent, useState } from 'react';
import { MoreIcon } from '../icons.tsx';
import { fill, locale, useWords } from '../language.ts';
import { download, fileName, toJson, toMarkdown } from './export.ts';
import type { History } from './history.ts';
import { type ConversationRecord, titleOf } from './record.ts';

interface EntryProps {
  record: ConversationRecord;
  history: History;
  current: boolean;
  onOpen: () => void;
}

function RenameForm({ title, onRename }: { title: string; onRename: (title: string) => void }) {
  const w = useWords().history;
  const [text, setText] = useState(title);
  function submit(event: FormEvent) {
    event.preventDefault();
    onRename(text);
  }
  return (
    <form className="rename" onSubmit={submit}>
      <input
        aria-label={w.newName}
        dir="auto"
        value={text}
        maxLength={200}
        // The person asked for this field just now.
        ref={(input) => input?.focus()}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button">
        {w.save}
      </button>
    </form>
  );
}

function Deletion({ title, onSure, onCancel }: { title: string; onSure: () => void; onCancel: () => void }) {
  const words = useWords();
  const w = words.history;
  return (
    <div className="failure" role="alertdialog" aria-label={w.delete}>
      <p>{fill(w.sure, { title })}</p>
      <div className="actions">
        <button type="button" className="button" onClick={onSure}>
          {w.delete}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}

type Step = 'closed' | 'actions' | 'rename' | 'delete';

function Actions({ record, history, title, onStep }: EntryProps & { title: string; onStep: (step: Step) => void }) {
  const w = useWords().history;
  const asMarkdown = () => download(new Blob([toMarkdown(record)], { type: 'text/markdown' }), fileName(title, 'md'));
  const asJson = () =>
    history.attempt(async () => {
      const images = await history.imagesOf(record);
      download(await toJson([{ record, images }]), fileName(title, 'json'));
    });
  return (
    <div className="actions">
      <button type="button" className="quiet" aria-label={fill(w.renameOf, { title })} onClick={() => onStep('rename')}>
        {w.rename}
      </button>
      <button type="button" className="quiet" onClick={asMarkdown}>
        {w.exportMarkdown}
      </button>
      <button type="button" className="quiet" onClick={() => void asJson()}>
        {w.exportJson}
      </button>
      <button type="button" className="quiet" aria-label={fill(w.deleteOf, { title })} onClick={() => onStep('delete')}>
        {w.delete}
      </button>
    </div>
  );
}

export function Entry(props: EntryProps) {
  const { record, history, current, onOpen } = props;
  const w = useWords().history;
  const [step, setStep] = useState<Step>('closed');
  const title = titleOf(record) || w.untitled;
  const date = new Date(record.updated).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <li className="record">
      <div className="record-row">
        <button type="button" className="record-open" aria-current={current} onClick={onOpen}>
          <span className="record-title">
            <bdi>{title}</bdi>
          </span>
          <span className="muted">{current ? w.current : date}</span>
        </button>
        <button
          type="button"
          className="remove"
          aria-expanded={step !== 'closed'}
          aria-label={fill(w.more, { title })}
          onClick={() => setStep(step === 'closed' ? 'actions' : 'closed')}
        >
          <MoreIcon />
        </button>
      </div>
      {step === 'actions' && <Actions {...props} title={title} onStep={setStep} />}
      {step === 'rename' && (
        <RenameForm
          title={title}
          onRename={(text) => {
            void history.rename(record, text);
            setStep('closed');
          }}
        />
      )}
      {step === 'delete' && (
        <Deletion title={title} onSure={() => void history.remove(record)} onCancel={() => setStep('closed')} />
      )}
    </li>
  );
}
