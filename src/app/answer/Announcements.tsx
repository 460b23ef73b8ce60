/** The state → what a screen reader hears: whole sentences of an answer, how it ended, when the model is ready. */
import { useEffect, useRef, useState } from 'react';
import { failureOf } from '../failures.ts';
import { fill, tagOf, useWords, words } from '../language.ts';
import { languageOf } from './speech.ts';
import { nextSpoken } from './sentences.ts';
import { isPending, type ModelState, type Turn } from '../state.ts';
import { placeName } from '../progress.ts';

/** Milliseconds between two announcements of one answer; faster ones would cut each other off. */
const PAUSE = 1500;

function endingOf(turn: Turn): string {
  const { status, error } = turn.answer;
  const w = words().conversation;
  if (status === 'stopped') return w.spokenStopped;
  if (status === 'failed' && error !== null) return fill(w.spokenFailed, { sentence: failureOf(error).sentence });
  return '';
}

/** A piece of an answer, which may be of another language than the words around it. */
interface Spoken {
  before: string;
  say: string;
  after: string;
}

const SILENCE: Spoken = { before: '', say: '', after: '' };

/** The text for the live region while `turns` grows. */
function useSpokenAnswer(turns: readonly Turn[]): Spoken {
  const [line, setLine] = useState(SILENCE);
  const spoken = useRef({ key: '', length: 0, ended: false, at: 0 });
  const turn = turns.findLast(({ answer }) => answer.status !== 'queued');
  useEffect(() => {
    if (turn === undefined) return;
    const { answer, id } = turn;
    const ended = !isPending(answer);
    const key = `${id}`;
    const said = spoken.current;
    // A new question, or a retry of the same one.
    if (said.key !== key || (said.ended && !ended)) spoken.current = { key, length: 0, ended: false, at: 0 };
    else if (said.ended) return;
    const timer = setTimeout(
      () => {
        const before = spoken.current;
        const { say, spoken: length } = nextSpoken(answer.text, before.length, ended);
        spoken.current = { key, length, ended, at: say === '' ? before.at : performance.now() };
        const first = before.length === 0 && say !== '';
        const next = {
          before: first ? words().conversation.spokenAnswer : '',
          say,
          after: ended ? endingOf(turn) : '',
        };
        if (say !== '' || next.after !== '') setLine(next);
      },
      ended ? 0 : Math.max(0, spoken.current.at + PAUSE - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [turn]);
  return line;
}

export interface AnnouncementsProps {
  model: ModelState;
  turns: readonly Turn[];
}

/**
 * Two lines that change, and so are said, apart from each other. What changes is all of the text of an element: that holds
 * when a page translation has replaced the text.
 */
export function Announcements({ model, turns }: AnnouncementsProps) {
  const answer = useSpokenAnswer(turns);
  const w = useWords();
  const ready =
    model.status === 'ready' &&
    fill(w.model.readySpoken, { name: model.info.name, device: placeName(model.info.device) });
  return (
    <>
      <span>{ready}</span>{' '}
      <span>
        <span>{answer.before}</span> <span lang={tagOf(languageOf(answer.say))}>{answer.say}</span>{' '}
        <span>{answer.after}</span>
      </span>
    </>
  );
}
