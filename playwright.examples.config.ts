/** `npm run examples`: every example installed from a registry, built and asked; too heavy for each run of the tests. */
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

const { webServer: _, projects = [], ...rest } = tests;

export default defineConfig({
  ...rest,
  testMatch: '**/*.examples.ts',
  timeout: 900_000,
  projects: projects.slice(0, 1),
});
