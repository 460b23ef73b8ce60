/** What the person adds and types → images and questions for the session; Ask, Stop and one-tap questions. */
import { type KeyboardEvent, memo, type Ref, useLayoutEffect } from 'react';
import { questionKey } from '../interaction/question-key.ts';
import { failureOf } from './failures.ts';
import { useWords } from './language.ts';
import { CloseIcon, SendIcon, StopIcon } from './icons.tsx';
import { focusQuestion } from './focus.ts';
import type { Session } from './session.ts';
import { AddImage } from './images/AddImage.tsx';
import { Tray } from './images/Tray.tsx';
import { ACTIONS } from './samples.ts';
import { currentImage, isBusy, type AttachedImage, type State } from './state.ts';

/** Reminds which image a follow-up is about when that has scrolled away; the conversation names it already. */
function AskedImage({ state }: { state: State }) {
  const image = currentImage(state);
  if (image === undefined || state.draft.images.length > 0) return null;
  return <img className="about" src={image.url} alt="" />;
}

function Notice({ state, session }: { state: State; session: Session }) {
  const words = useWords();
  return (
    <div role="alert">
      {state.notice !== null && (
        <div className="failure notice" data-error={state.notice.code}>
          <p>{failureOf(state.notice).sentence}</p>
          <button type="button" className="remove" aria-label={words.dismiss} onClick={() => session.setNotice(null)}>
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}

/** One-tap questions that were not asked about this image yet. */
function Suggestions({ state, onAsk }: { state: State; onAsk: (question: string) => void }) {
  const w = useWords().actions;
  const image = currentImage(state);
  if (image === undefined || state.draft.text !== '' || isBusy(state)) return null;
  const start = state.turns.findLastIndex((turn) => turn.images.includes(image));
  const asked = start < 0 ? [] : state.turns.slice(start).map((turn) => turn.question);
  return (
    <ul className="suggestions" aria-label={w.name}>
      {ACTIONS.filter(({ question }) => !asked.includes(question)).map(({ name, question }) => (
        <li key={name}>
          <button type="button" className="chip" onClick={() => onAsk(question)}>
            {w[name]}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface QuestionProps {
  state: State;
  session: Session;
  inputRef: Ref<HTMLTextAreaElement>;
  onAsk: () => void;
}

function QuestionBox({ state, session, inputRef, onAsk }: QuestionProps) {
  const w = useWords().composer;
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const meaning = questionKey(event.nativeEvent);
    if (meaning === 'stop' && isBusy(state)) session.stop();
    const last = state.turns.at(-1);
    if (meaning === 'edit' && state.draft.text === '' && last !== undefined) session.edit(last.id);
    if (meaning !== 'ask') return;
    event.preventDefault();
    onAsk();
  }
  return (
    <textarea
      ref={inputRef}
      className="question-box"
      // An empty one would run from left to right with its placeholder.
      dir={state.draft.text === '' ? undefined : 'auto'}
      aria-label={w.question}
      aria-describedby="composer-keys"
      rows={1}
      placeholder={currentImage(state) === undefined ? w.placeholderEmpty : w.placeholder}
      value={state.draft.text}
      enterKeyHint="send"
      onChange={(event) => session.setDraft(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}

interface ComposerProps {
  state: State;
  session: Session;
  inputRef: { current: HTMLTextAreaElement | null };
  onView: (image: AttachedImage) => void;
}

export const Composer = memo(function Composer({ state, session, inputRef, onView }: ComposerProps) {
  const w = useWords().composer;
  const busy = isBusy(state);
  const { text } = state.draft;
  useLayoutEffect(() => {
    const box = inputRef.current;
    if (box === null) return;
    // Follows its text; the style sheet caps it. (field-sizing: content does not exist everywhere yet.)
    box.style.height = 'auto';
    box.style.height = text === '' ? '' : `${box.scrollHeight}px`;
  }, [text, inputRef]);

  function ask(question?: string) {
    void session.ask(question);
    focusQuestion(inputRef.current);
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Notice state={state} session={session} />
      <Suggestions state={state} onAsk={ask} />
      <div className="composer-card">
        <Tray state={state} session={session} onView={onView} />
        {state.draft.replaces !== null && <p className="note editing">{w.editing}</p>}
        <div className="question-row">
          <AskedImage state={state} />
          <QuestionBox state={state} session={session} inputRef={inputRef} onAsk={ask} />
        </div>
        <p id="composer-keys" className="visually-hidden">
          {w.keys}
        </p>
        <div className={busy ? 'composer-row busy' : 'composer-row'}>
          <div className="tools">
            <AddImage session={session} />
          </div>
          {busy && (
            <button type="button" className="button" onClick={session.stop}>
              <StopIcon />
              {w.stop}
            </button>
          )}
          <button type="submit" className="button primary">
            <SendIcon />
            <span>{w.ask}</span>
          </button>
        </div>
      </div>
    </form>
  );
});
