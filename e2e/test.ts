/** Playwright's `test` with a guard: no spec passes if the page threw, broke its security policy or left its own origin. */
import { test as base, expect } from '@playwright/test';

export { expect } from '@playwright/test';

export const test = base.extend<{ guard: void }>({
  guard: [
    async ({ context, baseURL }, use, info) => {
      // Several loads and answers fit in here even where other programs keep the CPU busy.
      info.setTimeout(Math.max(info.timeout, 900_000));
      const broken: string[] = [];
      const home = new URL(baseURL ?? '').hostname;
      context.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol.startsWith('http') && hostname !== home) broken.push(`request to ${request.url()}`);
      });
      context.on('weberror', (error) => broken.push(`uncaught: ${error.error().message}`));
      // Violations inside workers have no event on the page, but the browser reports every one as a console error.
      context.on('console', (message) => {
        if (/content security policy/i.test(message.text())) broken.push(message.text());
      });
      await use();
      expect(broken).toEqual([]);
    },
    { auto: true },
  ],
});
