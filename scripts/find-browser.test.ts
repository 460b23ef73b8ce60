/** A browser that is already on the machine is found without installing anything. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { installedBrowser } from './find-browser.mjs';

const folder = mkdtempSync(join(tmpdir(), 'browsers-'));
const notRunnable = join(folder, 'chromium');
const chrome = join(folder, 'google-chrome');
writeFileSync(notRunnable, '');
writeFileSync(chrome, '');
chmodSync(chrome, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

test('the one that CHROME_PATH names comes first', () => {
  expect(installedBrowser({ CHROME_PATH: '/opt/my-chrome', PATH: folder })).toBe('/opt/my-chrome');
});

test.skipIf(process.platform === 'win32')('then the first on the PATH that can be run', () => {
  expect(installedBrowser({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(chrome);
});
