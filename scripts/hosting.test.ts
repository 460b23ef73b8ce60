/** docs/hosting.md names the headers that scripts/serve.mjs sends, in each host's own language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOST_HEADERS } from './security-policy.mjs';

const page = readFileSync(join(import.meta.dirname, '../docs/hosting.md'), 'utf8');

/** How each language writes one header. */
const LINES = {
  nginx: (name: string, value: string) => `add_header ${name} "${value}" always;`,
  caddyfile: (name: string, value: string) => `${name} "${value}"`,
  text: (name: string, value: string) => `${name}: ${value}`,
  apache: (name: string, value: string) => `Header always set ${name} "${value}"`,
};

test.each(Object.entries(LINES))('the headers for %s', (language, line) => {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';
  const written = block
    .split('\n')
    .map((text) => text.trim())
    .filter((text) => /Policy|X-/.test(text));
  expect(written).toEqual(Object.entries(HOST_HEADERS).map(([name, value]) => line(name, value)));
});
