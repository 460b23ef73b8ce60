/** Markdown of a model → React elements. No HTML, no pictures, no address opened or shown under another name. */
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { useWords } from '../language.ts';
import { memo, type ReactNode, useMemo } from 'react';

/** Beyond this a crafted text could keep the lexer busy for longer than a frame; it is shown as it is. */
const MAX_LENGTH = 8000;

/** Null: better shown as plain text. */
export function blocksOf(text: string): Token[] | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    return lexer(text);
  } catch {
    // Nesting without end overflows the lexer's stack.
    return null;
  }
}

/** An address that is safe to offer; null for scripts, data and whatever else. */
export function webAddress(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}

function Link({ token }: { token: Tokens.Link | Tokens.Image }) {
  const address = webAddress(token.href);
  const text = token.type === 'link' ? inline(token.tokens) : token.text;
  if (address === null) return <>{text}</>;
  return (
    <>
      {token.text !== token.href && text}{' '}
      <a href={address} target="_blank" rel="noopener noreferrer">
        {address}
      </a>
    </>
  );
}

function inline(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Inline key={index} token={token as MarkedToken} />);
}

function Inline({ token }: { token: MarkedToken }): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens)}</strong>;
    case 'em':
      return <em>{inline(token.tokens)}</em>;
    case 'del':
      return <del>{inline(token.tokens)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
    case 'image':
      return <Link token={token} />;
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'escape':
      return token.text;
    case 'text':
      return token.tokens === undefined ? token.text : inline(token.tokens);
    default:
      return token.raw;
  }
}

function Table({ token }: { token: Tokens.Table }) {
  const w = useWords().conversation;
  return (
    // Scrolls sideways by keyboard too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="table" tabIndex={0} aria-label={w.table}>
      <table>
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index} scope="col">
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{inline(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, index) => <li key={index}>{blocks(item.tokens)}</li>);
  if (!token.ordered) return <ul>{items}</ul>;
  return <ol start={typeof token.start === 'number' ? token.start : 1}>{items}</ol>;
}

/** Finished blocks keep their `raw`, so that only the one that grows is rendered again. */
const Block = memo(
  function Block({ token }: { token: MarkedToken }): ReactNode {
    switch (token.type) {
      case 'space':
      case 'def':
        return null;
      case 'paragraph':
        return <p>{inline(token.tokens)}</p>;
      case 'heading':
        // The question above is an h2 already.
        return token.depth <= 2 ? <h3>{inline(token.tokens)}</h3> : <h4>{inline(token.tokens)}</h4>;
      case 'list':
        return <List token={token} />;
      case 'code':
        return (
          <pre>
            <code>{token.text}</code>
          </pre>
        );
      case 'blockquote':
        return <blockquote>{blocks(token.tokens)}</blockquote>;
      case 'table':
        return <Table token={token} />;
      case 'hr':
        return <hr />;
      default:
        return <Inline token={token} />;
    }
  },
  (before, after) => before.token.raw === after.token.raw && before.token.type === after.token.type,
);

function blocks(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, index) => <Block key={index} token={token as MarkedToken} />);
}

export function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => blocksOf(text), [text]);
  return tokens === null ? <p className="plain">{text}</p> : blocks(tokens);
}
