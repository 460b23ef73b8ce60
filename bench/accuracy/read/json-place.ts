/** JSON text → the line on which a value stands or on which the text stops being JSON; the engine's parser tells neither. */

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null/y;

/** Walks JSON text once; where it ends early, `at` is the offset that was not understood. */
class Walker {
  readonly text: string;
  at = 0;
  /** Offset of each child of the wanted container, by key or index. */
  constructor(text: string) {
    this.text = text;
  }

  space(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at += match[0].length;
    return match !== null;
  }

  /**
   * Skips one value; false where it is broken. With a path, stops in front of the value that the path names and throws
   * nothing: `found` then holds its offset.
   */
  value(path: readonly (string | number)[] | null): boolean {
    this.space();
    if (path?.length === 0) return (this.found = this.at) < 0;
    const open = this.text[this.at];
    if (open !== '{' && open !== '[') return this.take(STRING) || this.take(NUMBER) || this.take(LITERAL);
    return this.container(open === '{', path);
  }

  found = -1;

  container(isObject: boolean, path: readonly (string | number)[] | null): boolean {
    const close = isObject ? '}' : ']';
    this.at++;
    this.space();
    if (this.text[this.at] === close) return ++this.at > 0;
    for (let index = 0; ; index++) {
      this.space();
      const start = this.at;
      if (isObject && !this.take(STRING)) return false;
      const key = isObject ? (JSON.parse(this.text.slice(start, this.at)) as string) : index;
      this.space();
      if (isObject && this.text[this.at++] !== ':') return --this.at < 0;
      if (!this.value(path && path[0] === key ? path.slice(1) : null)) return false;
      this.space();
      if (this.text[this.at] === close) return ++this.at > 0;
      if (this.text[this.at] !== ',') return false;
      this.at++;
    }
  }
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** The line (from 1) of the value that `path` names, or of its nearest existing parent. */
export function lineOfValue(text: string, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const walker = new Walker(text);
    walker.value(path.slice(0, length));
    if (walker.found >= 0) return lineAt(text, walker.found);
  }
  return 1;
}

/** The line (from 1) at which the text stops being JSON; null when it is JSON. */
export function lineOfFault(text: string): number | null {
  const walker = new Walker(text);
  const whole = walker.value(null);
  walker.space();
  return whole && walker.at === text.length ? null : lineAt(text, walker.at);
}
