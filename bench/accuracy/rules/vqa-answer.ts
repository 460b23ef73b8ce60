/**
 * Answer text → its normal form, as the VQA evaluation (GT-Vision-Lab/VQA, vqaEval.py @a013f00) and the EvalAI processor
 * of TextVQA (mmf, m4c_evaluator.py) write it, with the slips of both: published numbers contain them.
 */
import { splitWords, strip } from './python.ts';

const PUNCTUATION = Array.from(`;/[]"{}()=+\\_-><@\`,?!`);
const ARTICLES = new Set(['a', 'an', 'the']);
const NUMBERS = new Map([
  ['none', '0'],
  ...'zero one two three four five six seven eight nine ten'
    .split(' ')
    .map((word, i): [string, string] => [word, `${i}`]),
]);

/** Contractions whose misspellings are corrected; every misspelling lacks exactly one apostrophe. */
const CONTRACTED =
  "'ow's'at 'twas I'd've I'm I've ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am might've mightn't mightn't've must've mustn't needn't not've o'clock oughtn't shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd there'd've there're there's they'd they'd've they'll they're they've wasn't we'd've we've weren't what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'd've y'all'll you'd you'd've you'll you're you've".split(
    ' ',
  );

/** Where it stands the wrong way round in the official table. Capital letters never match: text is lower case by then. */
const CONTRACTIONS = new Map<string, string>([["somebody'd", 'somebodyd']]);
for (const word of CONTRACTED)
  for (const [i, letter] of Array.from(word).entries())
    if (letter === "'") CONTRACTIONS.set(word.slice(0, i) + word.slice(i + 1), word);

/** The official pattern means "a period between digits stays", but its lookbehind is mistyped and never holds. */
const PERIOD = { ascii: /\.(?![0-9])/g, unicode: /\.(?!\p{Nd})/gu };
/** `re.UNICODE` stands where `re.sub` takes the greatest number of replacements; its value is 32. */
const MOST_PERIODS = 32;

function dropPeriods(text: string, pattern: RegExp): string {
  let count = 0;
  return text.replace(pattern, (period) => (++count > MOST_PERIODS ? period : ''));
}

/**
 * A mark vanishes where it touches a space anywhere in the text, or when the text has a comma between digits; elsewhere
 * it becomes a space.
 */
function processPunctuation(text: string, digitComma: RegExp, period: RegExp): string {
  const hasDigitComma = digitComma.test(text);
  let out = text;
  for (const mark of PUNCTUATION) {
    const vanishes = hasDigitComma || text.includes(`${mark} `) || text.includes(` ${mark}`);
    out = out.replaceAll(mark, vanishes ? '' : ' ');
  }
  return dropPeriods(out, period);
}

function processDigitArticle(text: string): string {
  return splitWords(text.toLowerCase())
    .map((word) => NUMBERS.get(word) ?? word)
    .filter((word) => !ARTICLES.has(word))
    .map((word) => CONTRACTIONS.get(word) ?? word)
    .join(' ');
}

/** What vqaEval.py does to every answer before it compares: line breaks and tabs become spaces, outer space goes. */
export function trimAnswer(text: string): string {
  return strip(text.replace(/[\n\t]/g, ' '));
}

/** The normal form of vqaEval.py, which ran on Python 2: digits are 0 to 9. Wants a trimmed answer. */
export function normaliseVqaAnswer(text: string): string {
  return processDigitArticle(processPunctuation(text, /[0-9],[0-9]/, PERIOD.ascii));
}

/** EvalAIAnswerProcessor: what TextVQA is scored with and what is sent to the VQAv2 and VizWiz servers. */
export function evalAiAnswer(text: string): string {
  const word = strip(text.toLowerCase().replaceAll(',', '').replaceAll('?', '').replaceAll("'s", " 's"));
  return processDigitArticle(processPunctuation(trimAnswer(word), /\p{Nd},+\p{Nd}/u, PERIOD.unicode));
}
