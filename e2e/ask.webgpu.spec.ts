/** The main job on WebGPU, forced, so that a software adapter counts. Few tokens: without a GPU each takes its time. */
import { addDrawnPicture, ask, expectState, open, textOf } from './assistant.ts';
import { expect, test } from './test.ts';

test('a question is answered on WebGPU', async ({ page }) => {
  await open(page, './?device=webgpu');
  await expect(page.locator('[data-model=ready]')).toContainText('WebGPU');
  await addDrawnPicture(page);
  const answer = await ask(page, 'Is there a circle?');
  await expectState(answer, 'done');
  await expect(textOf(answer)).toHaveText(/yes/i);
  await answer.getByText('Details').click();
  await expect(answer).toContainText('WebGPU, on this device');
});
