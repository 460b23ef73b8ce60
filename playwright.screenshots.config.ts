/** `npm run screenshots`: pictures of the page's main states for the documentation, written to docs/screenshots anew. */
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

const [{ use = {} } = {}] = tests.projects ?? [];
/** A camera that shows a moving figure. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const { launchOptions } = use;

export default defineConfig({
  ...tests,
  testMatch: '**/*.screenshots.ts',
  projects: [
    {
      name: 'screenshots',
      use: { ...use, launchOptions: { ...launchOptions, args: [...(launchOptions?.args ?? []), ...CAMERA] } },
    },
  ],
});
