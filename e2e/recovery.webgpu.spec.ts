/** A GPU that computes wrong answers is found out, one that is lost is replaced in the middle of an answer. */
import { addDrawnPicture, ask, expectReady, expectState, open, textOf } from './assistant.ts';
import { atPiece, hookWorker } from './hooks.ts';
import { expect, test } from './test.ts';

// A service worker would answer before the faults could be put in.
test.use({ serviceWorkers: 'block' });

test('subgroups that are too small compute wrong attention: the self-test finds it, and it is remembered', async ({
  page,
}) => {
  // Makes this adapter look like a real one with subgroups that are large enough.
  const lie = `
    for (const [name, value] of [['subgroupMinSize', 32], ['isFallbackAdapter', false]])
      Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value });`;
  await hookWorker(page, lie, { every: true });
  await open(page);
  const status = page.locator('[data-model=ready]');
  await expect(status).toHaveAttribute('data-device', 'wasm');
  await status.locator('summary').click();
  await expect(status).toContainText(/webgpu-\S+ does not work here: .*computes wrong answers/);
  await page.reload();
  await expectReady(page);
  await status.locator('summary').click();
  await expect(status).toContainText(/webgpu-\S+ is skipped, because it failed here before/);
});

test('a lost device is replaced, and the answer goes on', async ({ page }) => {
  test.skip(!process.env['ALL_FAULTS'], 'loads twice on an emulated GPU, which takes minutes');
  const lose = `
    let device;
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...rest) { return (device = await request.apply(this, rest)); };
    ${atPiece(1, 'device.destroy();')}`;
  await hookWorker(page, lose);
  let workers = 0;
  page.on('worker', () => workers++);
  await open(page, './?device=webgpu');
  await addDrawnPicture(page);
  const answer = await ask(page, 'Is there a circle?');
  await expectState(answer, 'done');
  await expect(textOf(answer)).toHaveText(/yes/i);
  expect(workers).toBe(2);
});
