/** A text that grows → its Markdown blocks, of which only the last ones are read anew. */
import { lexer, type MarkedToken, type TokensList } from 'marked';

/** Letters that are read in one go: a crafted text of this length takes the lexer 35 ms, one of twice the length 130 ms. */
const PIECE = 4000;
/** Code, tables and lists are read line by line, so that a longer one costs no more than its length. */
const LARGEST = 32_000;
const LONGEST_LINE = 1000;

/** Blocks, and the addresses that the text defines for all of it, also inside a quotation or a list. */
type Markdown = MarkedToken[] & Pick<TokensList, 'links'>;

/** Throws where nesting without end overflows the lexer's stack. */
export const lexMarkdown = (text: string): Markdown => lexer(text) as Markdown;

/** What is better shown as it is written: crafted, or larger than any block that a model writes. */
export interface Plain {
  type: 'plain';
  raw: string;
}

export type Block = MarkedToken | Plain;

const isLong = ({ type, raw }: MarkedToken): boolean =>
  (type === 'code' || type === 'table' || type === 'list') &&
  raw.split('\n').every((line) => line.length <= LONGEST_LINE);

/** How many tokens no further text can change: those before a blank line with at least two blocks after it. */
function settledCount(tokens: readonly MarkedToken[]): number {
  let blocks = 0;
  for (let end = tokens.length; end > 0; end--) {
    if (blocks >= 2 && /\n[ \t]*\n$/.test(tokens[end - 1]?.raw ?? '')) return end;
    if (tokens[end - 1]?.type !== 'space') blocks++;
  }
  return 0;
}

export class GrowingBlocks {
  readonly #lex: (text: string) => Markdown;
  #settled: Block[] = [];
  #settledText = '';
  /** Whether the text defines an address that holds for all of it, before and after. */
  #defines = false;

  constructor(lex = lexMarkdown) {
    this.#lex = lex;
  }

  /** The blocks of `text`; those of before that are still the same are the same objects. */
  of(text: string): Block[] {
    const whole = text.replace(/\r\n?/g, '\n');
    if (!whole.startsWith(this.#settledText)) this.#begin();
    for (;;) {
      if (this.#defines && whole.length <= PIECE) return this.#read(whole) ?? [{ type: 'plain', raw: whole }];
      const defined = this.#defines;
      const open = this.#advance(whole);
      if (open !== null && this.#defines === defined) return [...this.#settled, ...open];
    }
  }

  #begin(): void {
    this.#settled = [];
    this.#settledText = '';
    this.#defines = false;
  }

  /** Reads on behind what is settled: the blocks that are still open, or null when there is more to read behind new settled ones. */
  #advance(whole: string): Block[] | null {
    const rest = whole.slice(this.#settledText.length);
    for (let size = PIECE; ; size *= 2) {
      const piece = rest.slice(0, size);
      const last = piece.length === rest.length;
      const tokens = this.#read(piece);
      const settled = tokens === null ? 0 : this.#settle(tokens, piece);
      if (tokens !== null && last) return tokens.slice(settled);
      if (settled > 0) return null;
      const first = tokens?.[0];
      if (first === undefined || !isLong(first) || size * 2 > LARGEST) return [{ type: 'plain', raw: rest }];
    }
  }

  #read(piece: string): Markdown | null {
    try {
      return this.#lex(piece);
    } catch {
      return null;
    }
  }

  /** Keeps the blocks that are finished; returns how many. */
  #settle(tokens: Markdown, piece: string): number {
    this.#defines ||= Object.keys(tokens.links).length > 0;
    const count = settledCount(tokens);
    const text = tokens
      .slice(0, count)
      .map(({ raw }) => raw)
      .join('');
    // Where the lexer changed the text, its tokens do not say where they stood.
    if (!piece.startsWith(text)) return 0;
    this.#settled.push(...tokens.slice(0, count));
    this.#settledText += text;
    return count;
  }
}
