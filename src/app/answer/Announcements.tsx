/** The state → what a screen reader hears: whole sentences of an answer, how it ended, when the model is ready. */
import { useEffect, useState } from 'react';
import { SpokenAnswer } from '../../interaction/spoken-answer.ts';
import { failureOf } from '../failures.ts';
import { fill, tagOf, useWords, words } from '../language.ts';
import { languageOf } from './speech.ts';
import { isPending, type ModelState, type Turn } from '../state.ts';
import { placeName } from '../progress.ts';

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
  const [answer] = useState(
    () =>
      new SpokenAnswer(({ say, first, ending }) =>
        setLine({ before: first ? words().conversation.spokenAnswer : '', say, after: ending }),
      ),
  );
  const turn = turns.findLast(({ answer }) => answer.status !== 'queued');
  useEffect(() => {
    if (turn === undefined) return;
    const { id, answer: given } = turn;
    answer.tell({ key: `${id}`, text: given.text, ended: !isPending(given), ending: endingOf(turn) });
    return () => answer.stop();
  }, [turn, answer]);
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
