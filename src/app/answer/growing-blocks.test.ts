import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { type Block, GrowingBlocks, lexMarkdown } from './growing-blocks.ts';

/** What the blocks say, without where the lexer cut them. */
const said = (blocks: readonly Block[]): string =>
  blocks.map((block) => (block.type === 'plain' ? block.raw : marked.parser([block]))).join('');

const PARAGRAPH = 'The picture shows a **red** circle, a `blue` square and [a link](https://a.example).';
const SECTION = `## What is there\n\n${PARAGRAPH}\n\n- a circle\n- a square\n  - inside it\n\n1. one\n\n   more\n2. two\n\n\`\`\`ts\nconst a = 1;\n\nconst b = 2;\n\`\`\`\n\n| shape | colour |\n| --- | --- |\n| circle | red |\n\n> quoted\nlazily\n\n---\n\n`;

describe('GrowingBlocks', () => {
  it('reads a growing text as the whole text is read', () => {
    const text = SECTION.repeat(3);
    const growing = new GrowingBlocks();
    for (let end = 0; end <= text.length; end++) {
      const part = text.slice(0, end);
      expect(said(growing.of(part)), JSON.stringify(part.slice(-60))).toBe(said(lexMarkdown(part)));
    }
  });

  it('does so for whatever is written', () => {
    const pieces = [
      'a',
      'b',
      ' ',
      '\n',
      '\n\n',
      '\r\n',
      '  \n',
      '\t',
      '    ',
      '- ',
      '* ',
      '1. ',
      '> ',
      '# ',
      '```\n',
      '*',
      '`',
      '\\',
    ];
    const rarer = ['| a |\n|--|\n', '===\n', '---\n', '<div>', '<!--', '-->', '[x]: y', '[x]'];
    const piece = fc.constantFrom(...pieces, ...rarer);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (written) => {
        const growing = new GrowingBlocks();
        let text = '';
        for (const next of written) {
          text += next;
          expect(said(growing.of(text))).toBe(said(lexMarkdown(text.replace(/\r\n?/g, '\n'))));
        }
      }),
      {
        numRuns: 300,
        examples: [[['[x]', '\n\n', 'a', '\n', '> ', '[x]: y']], [['[x]', '\n\n', 'a', '\n\n', '- ', '[x]: y']]],
      },
    );
  });

  it('hands out finished blocks as the same objects, and reads each letter a few times however long the answer gets', () => {
    let letters = 0;
    const growing = new GrowingBlocks((text) => {
      letters += text.length;
      return lexMarkdown(text);
    });
    const text = SECTION.repeat(60);
    let before: readonly Block[] = [];
    const costs: number[] = [];
    for (let end = 5; end <= text.length; end += 5) {
      letters = 0;
      const blocks = growing.of(text.slice(0, end));
      costs.push(letters);
      const finished = before.slice(0, -8);
      expect(blocks.slice(0, finished.length).every((block, index) => block === finished[index])).toBe(true);
      before = blocks;
    }
    expect(before.length).toBeGreaterThan(500);
    const tenth = Math.floor(costs.length / 10);
    expect(Math.max(...costs.slice(-tenth))).toBeLessThanOrEqual(1.1 * Math.max(...costs.slice(tenth, 2 * tenth)));
    expect(Math.max(...costs)).toBeLessThan(600);
  });

  it('reads a long text that is there at once, in pieces', () => {
    const text = SECTION.repeat(60);
    const lengths: number[] = [];
    const growing = new GrowingBlocks((piece) => {
      lengths.push(piece.length);
      return lexMarkdown(piece);
    });
    expect(said(growing.of(text))).toBe(said(lexMarkdown(text)));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4000);
  });

  it('keeps long code, lists and tables, and shows a paragraph without end as it is written', () => {
    const code = `\`\`\`\n${'line of code\n\n'.repeat(900)}`;
    expect(new GrowingBlocks().of(code).map(({ type }) => type)).toEqual(['code']);
    expect(new GrowingBlocks().of('- an item of a list\n'.repeat(700)).map(({ type }) => type)).toEqual(['list']);
    const crafted = `before\n\n${'_a'.repeat(8000)}`;
    const shown = new GrowingBlocks().of(crafted);
    expect(shown.some(({ type }) => type === 'plain')).toBe(true);
    expect(said(shown)).toContain('_a'.repeat(8000));
  });

  it('begins anew with another text', () => {
    const growing = new GrowingBlocks();
    growing.of(SECTION.repeat(3));
    expect(said(growing.of('*b*'))).toBe(said(lexMarkdown('*b*')));
  });

  it('finds the address that is given at the end', () => {
    const growing = new GrowingBlocks();
    const text = `Look [here][1].\n\n${SECTION}\n\n[1]: https://a.example/x`;
    for (let end = 0; end < text.length; end++) growing.of(text.slice(0, end));
    expect(said(growing.of(text))).toContain('href="https://a.example/x"');
  });
});
