/** Questions and answers → one after the other: each question with its image, each answer with its state and what can be done. */
import { memo, type ReactNode, useState } from 'react';
import type { ModelInfo } from '../../../contract/backend.ts';
import type { WireError } from '../../../contract/errors.ts';
import { copyText } from './copy.ts';
import { detailRows } from './details.ts';
import { failureOf, reportOf } from '../failures.ts';
import { fill, number, tagOf, useWords, words } from '../language.ts';
import { later } from '../later.tsx';
import { CopyIcon, DoneIcon, EditIcon, RetryIcon, SpeakIcon, StopIcon } from '../icons.tsx';
import type { Session } from '../session.ts';
import { languageOf, useSpeech } from './speech.ts';
import { type Answer, isPending, type AttachedImage, type Turn } from '../state.ts';

const PHASES = { image: 'phaseImage', vision: 'phaseVision', prefill: 'phasePrefill', decode: 'phaseDecode' } as const;

function waitingFor(answer: Answer, modelReady: boolean): string {
  const w = words().conversation;
  if (answer.status === 'queued') return modelReady ? w.waitingTurn : w.waitingModel;
  return answer.phase === null ? w.starting : w[PHASES[answer.phase]];
}

function CopyButton({ text }: { text: string }) {
  const w = useWords().conversation;
  const [copied, setCopied] = useState(false);
  async function copy() {
    // Where the browser refuses (no permission, no focus) the text can still be selected by hand, so nothing is claimed.
    const done = await copyText(text);
    setCopied(done);
    if (done) setTimeout(() => setCopied(false), 2000);
  }
  return (
    <button type="button" className="quiet" onClick={() => void copy()}>
      {copied ? <DoneIcon /> : <CopyIcon />}
      <span>{copied ? w.copied : w.copy}</span>
    </button>
  );
}

/** Fetched before anybody has asked, so that an answer does not wait for it. */
export const fetchMarkdown = () => import('./Markdown.tsx');

/** Until the renderer has come, and where it fails, an answer is read as it was written. */
const Markdown = later(
  async () => (await fetchMarkdown()).Markdown,
  ({ text }) => <p className="plain">{text}</p>,
);

function SpeakButton({ text }: { text: string }) {
  const w = useWords().conversation;
  const { available, speaking, toggle } = useSpeech(text);
  if (!available) return null;
  return (
    <button type="button" className="quiet" onClick={toggle}>
      {speaking ? <StopIcon /> : <SpeakIcon />}
      <span>{speaking ? w.silence : w.speak}</span>
    </button>
  );
}

function Details({ answer, info }: { answer: Answer; info: ModelInfo | null }) {
  const w = useWords().details;
  // Nothing was counted when an answer was stopped before the model had begun.
  if (answer.done === null || answer.done.usage.prompt_tokens === 0) return null;
  return (
    <details className="details" onToggle={(event) => event.currentTarget.scrollIntoView({ block: 'nearest' })}>
      <summary className="quiet">{w.name}</summary>
      <dl>
        {detailRows(answer.done, info).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Failed({ error, children }: { error: WireError; children: ReactNode }) {
  const w = useWords().conversation;
  return (
    <div className="failure" data-error={error.code}>
      <p>{failureOf(error).sentence}</p>
      {children}
      <details className="report">
        <summary>{w.report}</summary>
        <pre>{reportOf(error)}</pre>
      </details>
    </div>
  );
}

/** Why an answer ended, if not in the plain way. */
function Ending({ answer }: { answer: Answer }) {
  const w = useWords().conversation;
  if (answer.status === 'stopped') return <p className="note">{answer.text === '' ? w.stoppedEarly : w.stopped}</p>;
  if (answer.status === 'done' && answer.done?.finish_reason === 'length') return <p className="note">{w.cut}</p>;
  if (answer.status === 'done' && answer.text.trim() === '') return <p className="note">{w.empty}</p>;
  if ((answer.done?.usage.dropped_turns ?? 0) > 0) return <p className="note">{w.dropped}</p>;
  return null;
}

interface AnswerProps {
  turn: Turn;
  info: ModelInfo | null;
  session: Session;
  /** Only the last question can be reworded: the answers after an earlier one build on it. */
  last: boolean;
  onEdit: (id: number) => void;
}

function AnswerView({ turn, info, session, last, onEdit }: AnswerProps) {
  const w = useWords().conversation;
  const { answer } = turn;
  const pending = isPending(answer);
  const steps = (className: string) => (
    <>
      <button type="button" className={className} onClick={() => session.retry(turn.id)}>
        <RetryIcon />
        {w.retry}
      </button>
      {last && (
        <button type="button" className={className} aria-label={w.editName} onClick={() => onEdit(turn.id)}>
          <EditIcon />
          {w.edit}
        </button>
      )}
    </>
  );
  return (
    // A queued answer counts as streaming for the reader: it is on its way.
    <article
      className="answer"
      aria-label={w.answer}
      aria-busy={pending}
      data-state={answer.status === 'queued' ? 'streaming' : answer.status}
    >
      {answer.text !== '' && (
        // A page translation replaces the text that React goes on writing to: it waits, and then finds all of it anew.
        <div
          key={pending ? 'growing' : 'whole'}
          className="answer-text"
          dir="auto"
          lang={tagOf(languageOf(answer.text))}
          translate={pending ? 'no' : undefined}
        >
          <Markdown text={answer.text} />
        </div>
      )}
      {pending && answer.text === '' && <p className="waiting">{waitingFor(answer, info !== null)}</p>}
      {!pending && answer.error === null && (
        <>
          <Ending answer={answer} />
          <div className="actions">
            {answer.text !== '' && <CopyButton text={answer.text} />}
            {answer.text !== '' && <SpeakButton text={answer.text} />}
            {steps('quiet')}
            <Details answer={answer} info={info} />
          </div>
        </>
      )}
      {answer.error !== null && (
        <Failed error={answer.error}>
          <div className="actions">{steps('button')}</div>
        </Failed>
      )}
    </article>
  );
}

function ImageView({ image, onView }: { image: AttachedImage; onView: (image: AttachedImage) => void }) {
  const w = useWords();
  const { url, width, height } = image;
  const alt = fill(w.image.alt, { width: number(width), height: number(height) });
  return (
    <button type="button" className="look" title={w.viewer.title} onClick={() => onView(image)}>
      <img className="asked-picture" src={url} width={width} height={height} alt={alt} />
    </button>
  );
}

interface AskedProps {
  question: string;
  images: readonly AttachedImage[];
  onView: (image: AttachedImage) => void;
}

/** Stays as it is while the answer below grows. */
const Asked = memo(function Asked({ question, images, onView }: AskedProps) {
  const w = useWords().conversation;
  return (
    <div className="asked">
      {images.map((image) => (
        <ImageView key={image.id} image={image} onView={onView} />
      ))}
      <h2 className="question">
        <span className="visually-hidden">{w.you} </span>
        <span dir="auto" lang={tagOf(languageOf(question))}>
          {question}
        </span>
      </h2>
    </div>
  );
});

const TurnView = memo(function TurnView(props: AnswerProps & { onView: AskedProps['onView'] }) {
  const { question, images } = props.turn;
  return (
    <div className="turn">
      <Asked question={question} images={images} onView={props.onView} />
      <AnswerView {...props} />
    </div>
  );
});

export interface TurnsProps {
  turns: readonly Turn[];
  info: ModelInfo | null;
  session: Session;
  onEdit: (id: number) => void;
  onView: (image: AttachedImage) => void;
}

export function Turns({ turns, ...rest }: TurnsProps) {
  return turns.map((turn, index) => <TurnView key={turn.id} turn={turn} last={index === turns.length - 1} {...rest} />);
}
