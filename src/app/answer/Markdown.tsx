/** Markdown of a model → React elements. No HTML, no images, no address opened or shown under another name. */
import type { MarkedToken, Token, Tokens } from 'marked';
import { memo, type ReactNode, useMemo, useState } from 'react';
import { useWords } from '../language.ts';
import { GrowingBlocks, type Block as AnyBlock } from './growing-blocks.ts';

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

/** Whether what was read anew says the same; what a reference leads to may have come later. */
const isSame = (before: { raw: string }, after: { raw: string }): boolean =>
  before === after || (before.raw === after.raw && !after.raw.includes('['));

const rawOf = (cells: readonly Tokens.TableCell[]): string => cells.map(({ text }) => text).join('|');

/** Rows that are finished stay as they are while the table grows. */
const Row = memo(
  function Row({ cells }: { cells: readonly Tokens.TableCell[] }) {
    return (
      <tr>
        {cells.map((cell, column) => (
          <td key={column}>{inline(cell.tokens)}</td>
        ))}
      </tr>
    );
  },
  (before, after) =>
    before.cells.length === after.cells.length && isSame({ raw: rawOf(before.cells) }, { raw: rawOf(after.cells) }),
);

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
            <Row key={index} cells={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Items that are finished stay as they are while the list grows. */
const Item = memo(
  function Item({ token }: { token: Tokens.ListItem }) {
    return <li>{blocks(token.tokens)}</li>;
  },
  // A blank line anywhere makes paragraphs of all items.
  ({ token: before }, { token: after }) => before.loose === after.loose && isSame(before, after),
);

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, index) => <Item key={index} token={item} />);
  if (!token.ordered) return <ul>{items}</ul>;
  return <ol start={typeof token.start === 'number' ? token.start : 1}>{items}</ol>;
}

/** Finished blocks stay as they are: only the one that grows is rendered again. */
const Block = memo(
  function Block({ token }: { token: AnyBlock }): ReactNode {
    switch (token.type) {
      case 'plain':
        return <p className="plain">{token.raw}</p>;
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
  ({ token: before }, { token: after }) => before.type === after.type && isSame(before, after),
);

function blocks(tokens: readonly (Token | AnyBlock)[]): ReactNode {
  return tokens.map((token, index) => <Block key={index} token={token as AnyBlock} />);
}

export function Markdown({ text }: { text: string }) {
  const [growing] = useState(() => new GrowingBlocks());
  return blocks(useMemo(() => growing.of(text), [growing, text]));
}
