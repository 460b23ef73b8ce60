/** Answers that mean harm, shown by the page's Markdown: nothing runs, nothing is fetched, no address hides behind a name. */
import { HOSTILE } from './hostile-answers.ts';
import { expect, test } from './test.ts';

/** What Markdown may become, and the attributes that those elements may have. */
const TAGS = new Set(
  'A BLOCKQUOTE BR CODE DEL EM H3 H4 HR LI OL P PRE SECTION STRONG TABLE TBODY TD TH THEAD TR UL'.split(' '),
);
const ATTRIBUTES = new Set(['href', 'target', 'rel', 'class', 'tabindex', 'aria-label', 'scope', 'start']);

/** A file as the page exports it, with one conversation whose answers are these. */
function exported(texts: readonly string[]): Buffer {
  const turns = texts.map((text, index) => ({
    question: `Question ${index}`,
    pictures: [],
    answer: { status: 'done', text, done: null, error: null },
  }));
  const conversation = { version: 1, title: 'Hostile', created: 1, updated: 1, turns, files: {} };
  return Buffer.from(JSON.stringify({ format: 'mipha-conversations', version: 1, conversations: [conversation] }));
}

test('whatever a model writes becomes plain Markdown at most', async ({ page }) => {
  await page.goto('./');
  const drawer = page.getByRole('dialog', { name: 'Conversations' });
  await page.getByRole('button', { name: 'Conversations and settings' }).click();
  const chooser = page.waitForEvent('filechooser');
  await drawer.getByRole('button', { name: 'Import a JSON file' }).click();
  await (await chooser).setFiles({ name: 'a.json', mimeType: 'application/json', buffer: exported(HOSTILE) });
  await drawer.getByRole('button', { name: /^Hostile/ }).click();
  await expect(page.locator('.answer-text')).toHaveCount(HOSTILE.length);
  await expect(page.locator('.answer-text').last()).toContainText('[[[');
  // The code that renders Markdown comes after the page; the table shows that it is there.
  await expect(page.locator('.answer-text table').first()).toBeVisible();
  const shown = await page.evaluate(() => ({
    elements: [...document.querySelectorAll('.answer-text *')].map((element) => ({
      tag: element.tagName,
      attributes: element.getAttributeNames(),
    })),
    links: [...document.querySelectorAll<HTMLAnchorElement>('.answer-text a')].map(
      ({ href, textContent, protocol, rel, target }) => ({ href, text: textContent, protocol, rel, target }),
    ),
    address: location.pathname,
    pwned: 'pwned' in globalThis,
  }));
  expect(shown.elements.length).toBeGreaterThan(HOSTILE.length);
  expect(shown.elements.filter(({ tag }) => !TAGS.has(tag))).toEqual([]);
  expect(shown.elements.flatMap(({ attributes }) => attributes).filter((name) => !ATTRIBUTES.has(name))).toEqual([]);
  expect(shown.links.length).toBeGreaterThan(5);
  for (const { href, text, protocol, rel, target } of shown.links) {
    expect(protocol).toMatch(/^https?:$/);
    expect(text).toBe(href);
    expect([rel, target]).toEqual(['noopener noreferrer', '_blank']);
  }
  expect(shown).toMatchObject({ address: '/', pwned: false });
});
