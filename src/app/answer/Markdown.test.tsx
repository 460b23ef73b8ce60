import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown.tsx';

const corpus = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/hostile-answers/corpus.json'), 'utf8'),
) as { name: string; text: string }[];

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

describe('Markdown', () => {
  it('shows headings, lists, emphasis, code and tables', () => {
    expect(html('# A\n\n- **b**\n- *c*\n\n1. `d`\n\n> e\n\n```\nf <g>\n```\n\n| h |\n|---|\n| i |\n\n---\n~~k~~')).toBe(
      '<h3>A</h3><ul><li><strong>b</strong></li><li><em>c</em></li></ul><ol start="1"><li><code>d</code></li></ol>' +
        '<blockquote><p>e</p></blockquote><pre><code>f &lt;g&gt;</code></pre><section class="table" tabindex="0" aria-label="Table">' +
        '<table><thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td>i</td></tr></tbody></table></section><hr/>' +
        '<p><del>k</del></p>',
    );
  });

  it('shows the address of a link beside its text, and opens only addresses of the web', () => {
    expect(html('[good news](https://evil.example/?q=1)')).toBe(
      '<p>good news <a href="https://evil.example/?q=1" target="_blank" rel="noopener noreferrer">https://evil.example/?q=1</a></p>',
    );
    for (const address of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      '//x.example',
      'file:///etc',
    ])
      expect(html(`[text](${address})`), address).not.toContain('<a');
  });

  it.each(corpus)('never makes an element that loads, runs or is not known: $name', ({ text }) => {
    const names = [...html(text).matchAll(/<([a-z0-9]+)/g)].map((match) => match[1] ?? '');
    const known = 'p a ul ol li h3 h4 pre br em strong del table thead tbody tr th td section code'.split(' ');
    for (const name of names) expect(known).toContain(name);
    expect(html(text)).not.toMatch(/<[^>]*\s(src|on\w+|style|srcset)=/);
  });

  it.each([
    '['.repeat(20_000),
    '>'.repeat(2000),
    '*'.repeat(20_000),
    '_a'.repeat(3999),
    '[a]('.repeat(1900),
    '- '.repeat(4000),
  ])('survives text that was made to hang it (%#)', (text) => expect(html(text).length).toBeGreaterThan(0));

  it('renders unfinished syntax of a growing answer as text', () => {
    const whole = 'A **bold** [link](https://a.example) and `code`\n\n| a |\n|--|\n| b |';
    for (let end = 0; end <= whole.length; end++) expect(() => html(whole.slice(0, end))).not.toThrow();
  });
});
