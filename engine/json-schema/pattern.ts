/** A pattern of a schema → the language of the strings in which it is found. */
import { intersection, SCALARS, SINGLE_UNITS } from './character-set.ts';
import type { Language, Languages } from './language.ts';
import { readPattern, type Syntax, UnreadablePattern } from './regex-syntax.ts';

/** Whether a place is the beginning of the text: it is, it is not, or that depends. */
type AtStart = boolean | 'maybe';

const ZERO_WIDTH = new Set<Syntax['kind']>(['start', 'end', 'ahead']);

function hasAssertion(syntax: Syntax): boolean {
  if (ZERO_WIDTH.has(syntax.kind)) return true;
  if (syntax.kind === 'repeat') return hasAssertion(syntax.part);
  return (syntax.kind === 'seq' || syntax.kind === 'alt') && syntax.parts.some(hasAssertion);
}

/** Fewest and, as far as it matters, most characters: [0, 0] is no width at all. */
function width(syntax: Syntax): [number, number] {
  switch (syntax.kind) {
    case 'chars':
      return [1, 1];
    case 'seq': {
      const widths = syntax.parts.map(width);
      return [widths.reduce((sum, [min]) => sum + min, 0), widths.reduce((sum, [, max]) => sum + max, 0)];
    }
    case 'alt': {
      const widths = syntax.parts.map(width);
      return [Math.min(...widths.map(([min]) => min)), Math.max(...widths.map(([, max]) => max))];
    }
    case 'repeat': {
      const [min, max] = width(syntax.part);
      return [min * syntax.min, max === 0 ? 0 : max * syntax.max];
    }
    default:
      return [0, 0];
  }
}

class Translation {
  readonly #languages: Languages;

  constructor(languages: Languages) {
    this.#languages = languages;
  }

  /** A part without assertions. */
  #plain(syntax: Syntax): Language {
    const languages = this.#languages;
    switch (syntax.kind) {
      case 'chars':
        return languages.chars(intersection(syntax.ranges, SCALARS));
      case 'seq':
        return syntax.parts.reduceRight((rest, part) => languages.seq(this.#plain(part), rest), languages.empty);
      case 'alt':
        return languages.alt(...syntax.parts.map((part) => this.#plain(part)));
      case 'repeat':
        return languages.repeat(this.#plain(syntax.part), syntax.min, syntax.max);
      default:
        throw new TypeError('an assertion is no plain part');
    }
  }

  /** `syntax`, and behind it a string of `rest`: what an assertion says is then about the two together. */
  followed(syntax: Syntax, rest: Language, atStart: AtStart): Language {
    const languages = this.#languages;
    switch (syntax.kind) {
      case 'chars':
        return languages.seq(this.#plain(syntax), rest);
      case 'seq':
        return this.#sequence(syntax.parts, rest, atStart);
      case 'alt':
        return languages.alt(...syntax.parts.map((part) => this.followed(part, rest, atStart)));
      case 'start':
        if (atStart === 'maybe') throw new UnreadablePattern('a ^ that may or may not stand at the beginning');
        return atStart ? rest : languages.none;
      case 'end':
        return languages.nullable(rest) ? languages.empty : languages.none;
      case 'ahead': {
        const found = this.followed(syntax.part, languages.all, atStart);
        return languages.and(syntax.negative ? languages.not(found) : found, rest);
      }
      case 'repeat': {
        if (!hasAssertion(syntax.part)) return languages.seq(this.#plain(syntax), rest);
        if (syntax.max > 1) throw new UnreadablePattern('an assertion inside a repetition');
        const once = this.followed(syntax.part, rest, atStart);
        return syntax.min === 0 ? languages.alt(once, rest) : once;
      }
    }
  }

  #sequence(parts: readonly Syntax[], rest: Language, atStart: AtStart): Language {
    const starts: AtStart[] = [];
    let here = atStart;
    for (const part of parts) {
      starts.push(here);
      const [min, max] = width(part);
      if (min > 0) here = false;
      else if (max > 0 && here === true) here = 'maybe';
    }
    return parts.reduceRight((behind, part, index) => this.followed(part, behind, starts[index]!), rest);
  }
}

/** A pattern is found anywhere unless it says otherwise. Throws `UnreadablePattern`. */
export function patternLanguage(pattern: string, languages: Languages): Language {
  const syntax = readPattern(pattern);
  const translation = new Translation(languages);
  const some = languages.repeat(languages.chars(SINGLE_UNITS), 1, Number.POSITIVE_INFINITY);
  const first = translation.followed(syntax, languages.all, true);
  const later = languages.seq(some, translation.followed(syntax, languages.all, false));
  return languages.alt(first, later);
}
