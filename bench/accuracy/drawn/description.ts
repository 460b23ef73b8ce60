/** A description and the scene it is of → which stated facts are true, and which things it names. */
import type { Scene } from './questions.ts';

export interface Judged {
  /** Facts that the reply states, and how many of them are true. */
  facts: { correct: number; total: number };
  /** Things of the scene, and how many of them the reply names by shape (and colour, where it gives one). */
  things: { correct: number; total: number };
}

const COLORS = 'red orange yellow green blue purple pink brown black white gray'.split(' ');
const SHAPES = 'circle square triangle star heart diamond cross ring'.split(' ');
const NUMBERS = 'zero one two three four five six seven eight nine'.split(' ');
const PLURAL = new Map(SHAPES.map((shape) => [shape === 'cross' ? 'crosses' : `${shape}s`, shape]));

const THING = new RegExp(
  `\\b(${COLORS.join('|')}) (${SHAPES.join('|')})\\b(?: in the ((?:top|middle|bottom) (?:left|center|right)))?`,
  'g',
);
const COUNT = new RegExp(`\\b(${NUMBERS.join('|')}) (shapes|${[...PLURAL.keys(), ...SHAPES].join('|')})\\b`, 'g');

/** Takes `wanted` out of what is left to be named; false when it is not there. */
function take<T>(left: T[], wanted: (item: T) => boolean): boolean {
  const at = left.findIndex(wanted);
  if (at >= 0) left.splice(at, 1);
  return at >= 0;
}

/**
 * A fact is a thing with its colour, the place of a thing, a count ("five shapes", "two circles"), a printed text in
 * quotes, that the picture is empty. A thing that is mentioned twice needs to be there twice. What is stated in other words
 * than these is not a fact that could be checked against a scene, and counts neither way.
 */
export function judgeDescription(reply: string, { things, texts }: Scene): Judged {
  const text = reply.toLowerCase().replaceAll('grey', 'gray');
  const facts: boolean[] = [];
  const unnamed = [...things];
  for (const [, color, shape, place] of text.matchAll(THING)) {
    const same = (thing: Scene['things'][number]): boolean => thing.color === color && thing.shape === shape;
    const there = unnamed.some((thing) => same(thing) && thing.place === place);
    facts.push(take(unnamed, (thing) => same(thing) && (!there || thing.place === place)));
    if (place !== undefined) facts.push(there);
  }
  for (const [, word = '', noun = ''] of text.matchAll(COUNT)) {
    const shape = PLURAL.get(noun) ?? noun;
    const count = NUMBERS.indexOf(word);
    const there = noun === 'shapes' ? things.length : things.filter((thing) => thing.shape === shape).length;
    facts.push(there === count);
    if (noun !== 'shapes')
      for (let i = 0; i < Math.min(count, there); i++) take(unnamed, (thing) => thing.shape === shape);
  }
  if (/\bempty\b/.test(text)) facts.push(things.length === 0 && texts.length === 0);
  const printed = texts.map((item) => item.toLowerCase());
  for (const [, quoted = ''] of text.matchAll(/"([^"]*)"/g)) facts.push(printed.includes(quoted));
  return {
    facts: { correct: facts.filter(Boolean).length, total: facts.length },
    things: { correct: things.length - unnamed.length, total: things.length },
  };
}
