/** A free-text reply and the expected answer → right or wrong, by one rule that forgives wording and nothing else. */

/** Words that exclude each other. A reply that names another member than the expected one is wrong. */
const CLASSES: Record<string, readonly string[]> = {
  colors: 'red orange yellow green blue purple pink brown black white gray'.split(' '),
  shapes: 'circle square triangle star heart diamond cross ring'.split(' '),
  yesNo: ['yes', 'no'],
  numbers: Array.from({ length: 21 }, (_, i) => String(i)),
  places: 'top bottom left right center above below'.split(' '),
  trends: ['up', 'down'],
};

/** What may follow the name of a thing without making it another thing ("fire" is not "fire extinguisher"). */
const AFTER_A_THING = 'in on at with and of here icon symbol sign drawing drawn shown that which'.split(' ');

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

/** Words in their common form; "middle center" and "center" are one place. */
function canonical(text: string, same: ReadonlyMap<string, string>): string[] {
  const words = wordsOf(text).map((word) => same.get(word) ?? word);
  return words.filter((word, i) => word !== 'center' || words[i - 1] !== 'center');
}

/** The only number of a reply, in digits or as a word; null when there is none or more than one. */
function numberIn(reply: string): number | null {
  const numbers = wordsOf(reply).flatMap((word) => {
    const value = Number(SAME.get(word) ?? word);
    return Number.isFinite(value) ? [value] : [];
  });
  return numbers.length === 1 ? (numbers[0] as number) : null;
}

/** What a reply says is printed: the quoted part of it, if there is exactly one, and the words around it do not count. */
function isRead(reply: string, answer: string): boolean {
  const printed = wordsOf(answer);
  const quoted = [...reply.matchAll(/["“”«]([^"“”»]*)["“”»]/g)].map(([, part = '']) => wordsOf(part));
  const [only, ...others] = quoted;
  if (printed.length === 0 || others.length > 0) return false;
  return only === undefined ? contains(wordsOf(reply), printed) : only.join(' ') === printed.join(' ');
}

/** Every one of the things found is the expected one, and there is one. */
function all(found: readonly string[], expected: string): boolean {
  return found.length > 0 && found.every((item) => item === expected);
}

/** Capital letters that stand alone; an "A" that begins a sentence is an article. */
function lettersIn(reply: string): string[] {
  return reply.replace(/(^|[.!?]\s+)A(?=\s+(?!(?:or|and|is|has)\b)[a-z])/g, '$1').match(/\b[A-Z]\b/g) ?? [];
}

/** Whether no place where the expected name stands is the beginning of a longer one. */
function isThing(said: readonly string[], expected: readonly string[]): boolean {
  return said.every((_, start) => {
    const after = said[start + expected.length];
    const here = expected.every((word, i) => said[start + i] === word);
    return !here || after === undefined || AFTER_A_THING.includes(after);
  });
}

/**
 * A reply is right when it contains the expected answer as whole words and no other member of the same closed class
 * (colours, shapes, yes and no, numbers, places, up and down). Numbers may be words or digits; "no" and "none" are zero
 * where a number is expected. In skills that begin with `reading` letters and digits must be those that are printed; case
 * does not count, and of a reply with quotation marks only what stands between them does. A `chart_value` may be five
 * hundredths of the scale (0 to 100) away. A reply to `clock` names one time, one to `chart_most_least` one letter, one to
 * `icon` not a longer name.
 */
export function isRight(reply: string, answer: string, skill: string): boolean {
  if (skill === 'chart_value') {
    const value = numberIn(reply);
    return value !== null && Math.abs(value - Number(answer)) <= 5;
  }
  if (skill.startsWith('reading')) return isRead(reply, answer);
  if (skill === 'clock') return all(reply.match(/\b\d{1,2}:\d{2}\b/g) ?? [], answer);
  if (skill === 'chart_most_least') return all(lettersIn(reply), answer);
  const expected = canonical(answer, SAME);
  if (expected.length === 0) return false;
  const said = canonical(reply, isNumber(expected) ? new Map([...SAME, ['no', '0']]) : SAME);
  if (skill.startsWith('icon') && !isThing(said, expected)) return false;
  return contains(said, expected) && !contradicts(said, expected);
}
