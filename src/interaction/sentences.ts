/** A growing answer → the piece of it that a screen reader should hear next, in whole sentences. */

const SENTENCE_END = /[.!?…。！？]["'»”)]*(?=\s)|\n/g;

/** Index after the last finished sentence of `text` from `from` on; `from` when none is finished. */
function finishedUntil(text: string, from: number): number {
  let end = from;
  SENTENCE_END.lastIndex = from;
  for (let match = SENTENCE_END.exec(text); match !== null; match = SENTENCE_END.exec(text)) {
    end = match.index + match[0].length;
  }
  return end;
}

/**
 * What to say when `spoken` characters of `text` were said already: everything when the answer has ended,
 * else only finished sentences. `spoken` of the result is the new count.
 */
export function nextSpoken(text: string, spoken: number, ended: boolean): { say: string; spoken: number } {
  const end = ended ? text.length : finishedUntil(text, spoken);
  return { say: text.slice(spoken, end).trim(), spoken: end };
}
