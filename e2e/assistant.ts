/** The page as a person meets it: parts found by their names, pictures drawn on the spot. */
import { expect, type Locator, type Page } from '@playwright/test';

export const question = (page: Page): Locator => page.getByRole('textbox', { name: 'Question' });
export const conversation = (page: Page): Locator => page.getByRole('log', { name: 'Conversation' });
export const answers = (page: Page): Locator => conversation(page).getByRole('article', { name: 'Answer' });
export const draftPicture = (page: Page): Locator => page.getByRole('button', { name: 'Remove image' });

/** How long a model may take to load, or an answer to end, on a busy machine. */
const PATIENCE = { timeout: 600_000 };

/** Waits until the model is ready. */
export async function expectReady(page: Page): Promise<void> {
  await expect(page.locator('[data-model=ready]')).toBeVisible(PATIENCE);
}

/** Opens the page and waits until the model is ready. */
export async function open(page: Page, address = './'): Promise<void> {
  await page.goto(address);
  await expectReady(page);
}

/** Types and sends a question; resolves to its answer, which may not have begun. */
export async function ask(page: Page, text: string): Promise<Locator> {
  const before = await answers(page).count();
  await question(page).fill(text);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(answers(page)).toHaveCount(before + 1);
  return answers(page).nth(before);
}

/** The words of an answer alone, without its buttons and figures. */
export const textOf = (answer: Locator): Locator => answer.locator('.answer-text');

export async function expectState(answer: Locator, state: 'streaming' | 'done' | 'stopped' | 'failed'): Promise<void> {
  await expect(answer).toHaveAttribute('data-state', state, PATIENCE);
}

/** PNG bytes of a red circle on the left and a blue square on the right, on white. */
export async function drawnPicture(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 256;
    canvas.height = 256;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2d context');
    context.fillStyle = 'rgb(248 248 248)';
    context.fillRect(0, 0, 256, 256);
    context.fillStyle = 'rgb(215 35 35)';
    context.beginPath();
    context.arc(72, 128, 46, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = 'rgb(40 80 215)';
    context.fillRect(148, 84, 84, 84);
    return canvas.toDataURL('image/png').split(',')[1];
  });
  return Buffer.from(base64 ?? '', 'base64');
}

/** Drops or pastes a file the way the browser reports it. */
export async function bring(
  page: Page,
  how: 'drop' | 'paste',
  bytes: Buffer,
  name = 'picture.png',
  type = 'image/png',
) {
  await page.evaluate(
    ({ how, data, name, type }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(data)], name, { type }));
      const target = document.activeElement ?? document.body;
      const init = { bubbles: true, cancelable: true };
      if (how === 'paste') target.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: transfer }));
      else target.dispatchEvent(new DragEvent('drop', { ...init, dataTransfer: transfer }));
    },
    { how, data: [...bytes], name, type },
  );
}

/** Chooses a file with the button "Add image". */
export async function choose(page: Page, buffer: Buffer, name = 'picture.png', mimeType = 'image/png'): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add image' }).click();
  await (await chooser).setFiles({ name, mimeType, buffer });
}

/** Adds the drawn picture and waits until it stands beside the question. */
export async function addDrawnPicture(page: Page): Promise<void> {
  await choose(page, await drawnPicture(page));
  await expect(draftPicture(page)).toBeVisible();
}

/** From now on notes each state and text that the newest answer goes through; call the result to read the notes. */
export async function recordAnswers(page: Page): Promise<() => Promise<{ state: string; text: string }[]>> {
  await page.evaluate(() => {
    const notes: { state: string; text: string }[] = [];
    (globalThis as { notes?: typeof notes }).notes = notes;
    new MutationObserver(() => {
      const article = [...document.querySelectorAll('article')].at(-1);
      if (article === undefined) return;
      notes.push({
        state: article.dataset['state'] ?? '',
        text: article.querySelector('.answer-text')?.textContent ?? '',
      });
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  return () => page.evaluate(() => (globalThis as { notes?: { state: string; text: string }[] }).notes ?? []);
}
