/** A free-text reply and the expected answer → right or wrong, by one rule that forgives wording and nothing else. */

/** Words that exclude each other. A reply that names another member than the expected one is wrong. */
const CLASSES: Record<string, readonly string[]> = {
  colors: 'red orange yellow green blue purple pink brown black white gray'.split(' '),
  shapes: 'circle square triangle star heart diamond cross ring'.split(' '),
  yesNo: ['yes', 'no'],
  numbers: Array.from({ length: 21 }, (_, i) => String(i)),
  places: 'top bottom left right center above below'.split(' '),
};

const NUMBER_WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

/** Other spellings and words of the same meaning. */
const SAME = new Map([
  ...NUMBER_WORDS.map((word, i): [string, string] => [word, String(i)]),
  ...(CLASSES['shapes'] ?? []).map((shape): [string, string] => [`${shape}s`, shape]),
  ['none', '0'],
  ['grey', 'gray'],
  ['centre', 'center'],
  ['middle', 'center'],
  ['upper', 'top'],
  ['lower', 'bottom'],
  ['crosses', 'cross'],
]);

/** Letters and digits only; apostrophes vanish, everything else separates words. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replace(/['’]/g, '');
  return plain.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
}

/** Whether `part` stands in `whole` as consecutive words. */
function contains(whole: readonly string[], part: readonly string[]): boolean {
  return whole.some((_, start) => part.every((word, i) => whole[start + i] === word));
}

function isNumber(words: readonly string[]): boolean {
  return words.length === 1 && (CLASSES['numbers'] ?? []).includes(words[0] ?? '');
}

/** Whether the reply names a member of a closed class of the expected answer that is not expected. */
function contradicts(reply: readonly string[], expected: readonly string[]): boolean {
  return Object.values(CLASSES)
    .filter((members) => expected.some((word) => members.includes(word)))
    .some((members) => reply.some((word) => members.includes(word) && !expected.includes(word)));
}

/** Words in their common form; "middle center" and "center" are one place, so repetitions collapse. */
function canonical(text: string, same: ReadonlyMap<string, string>): string[] {
  const words = wordsOf(text).map((word) => same.get(word) ?? word);
  return words.filter((word, i) => word !== words[i - 1]);
}

/** The only number of a reply, in digits or as a word; null when there is none or more than one. */
function numberIn(reply: string): number | null {
  const numbers = wordsOf(reply).flatMap((word) => {
    const value = Number(SAME.get(word) ?? word);
    return Number.isFinite(value) ? [value] : [];
  });
  return numbers.length === 1 ? (numbers[0] as number) : null;
}

/**
 * A reply is right when it contains the expected answer as whole words and no other member of the same closed class
 * (colours, shapes, yes and no, numbers, places). Numbers may be words or digits; "no" and "none" are zero where a
 * number is expected. In skills that begin with `reading` letters and digits must be those that are printed; case does
 * not count. A `chart_value` may be five hundredths of the scale (0 to 100) away.
 */
export function isRight(reply: string, answer: string, skill: string): boolean {
  if (skill === 'chart_value') {
    const value = numberIn(reply);
    return value !== null && Math.abs(value - Number(answer)) <= 5;
  }
  if (skill.startsWith('reading')) return wordsOf(answer).length > 0 && contains(wordsOf(reply), wordsOf(answer));
  const expected = canonical(answer, SAME);
  if (expected.length === 0) return false;
  const said = canonical(reply, isNumber(expected) ? new Map([...SAME, ['no', '0']]) : SAME);
  return contains(said, expected) && !contradicts(said, expected);
}
