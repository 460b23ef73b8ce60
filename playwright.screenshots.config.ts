/** `npm run screenshots`: pictures of the page's main states for the documentation, written to docs/screenshots anew. */
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

const [{ use = {} } = {}] = tests.projects ?? [];

export default defineConfig({
  ...tests,
  testMatch: '**/*.screenshots.ts',
  projects: [{ name: 'screenshots', use }],
});
