/** The beginning of a JSON text and what may follow it → the few characters that make it whole. */
import { AppError } from '../contract/errors.ts';

/** A position in a grammar. */
export interface GrammarPosition {
  /** Moves on by `text` if the grammar allows it; otherwise stays and returns false. */
  accept(text: string): boolean;
  /** What comes next in any case; empty when there is a choice. */
  forced(): string;
  /** Whether the text so far is a whole answer. */
  isWhole(): boolean;
}

/** Far more than closing ever takes, unless a schema demands something without end. */
const MAX_STEPS = 4096;
const MAX_DEPTH = 64;

/** What ends something comes before what begins something; a comma ends a number, to which digits could be added for ever. */
const OUTSIDE = '}],"0123456789tfn{[: -.eEabcdefghijklmnopqrstuvwxyz'.split('');
const INSIDE = ['"', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => c !== '"')];

/** Follows whether a JSON text is inside a string, whether the next character is escaped, and how deep it is. */
class JsonState {
  inside = false;
  escaped = false;
  depth = 0;

  push(text: string): void {
    for (const character of text) {
      if (this.escaped) this.escaped = false;
      else if (this.inside && character === '\\') this.escaped = true;
      else if (character === '"') this.inside = !this.inside;
      else if (!this.inside && (character === '{' || character === '[')) this.depth++;
      else if (!this.inside && (character === '}' || character === ']')) this.depth--;
    }
  }
}

/** The last resort, for characters that nobody thought of: asked first, it would go on for ever where a schema does. */
function acceptForced(position: GrammarPosition): string | undefined {
  const forced = position.forced();
  return forced !== '' && position.accept(forced) ? forced : undefined;
}

/**
 * Closes what is open, always by the first character that the grammar lets through in an order that ends things. It
 * asks no model, so it takes no time worth measuring. `alphabet` is text whose characters may be needed (the schema,
 * with the values it lists). Throws `backend-failed` when `text` was no beginning, or cannot be ended.
 */
export function closeJson(text: string, alphabet: string, position: GrammarPosition): string {
  if (text !== '' && !position.accept(text)) {
    throw new AppError('backend-failed', 'The answer left the form it was asked to have.');
  }
  const state = new JsonState();
  state.push(text);
  const deepest = state.depth + MAX_DEPTH;
  const more = [...new Set(alphabet)];
  let closing = '';
  for (let step = 0; step < MAX_STEPS && state.depth < deepest; step++) {
    if (position.isWhole()) return closing;
    const candidates = [...(state.inside ? INSIDE : OUTSIDE), ...more];
    const next = candidates.find((candidate) => position.accept(candidate)) ?? acceptForced(position);
    if (next === undefined) break;
    closing += next;
    state.push(next);
  }
  throw new AppError('request-invalid', 'The schema of response_format asks for something without end.', {
    option: 'response_format',
  });
}
