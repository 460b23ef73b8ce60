import { expect, test } from 'vitest';
import { enPanel } from '../app/words/en-panel.ts';
import { CATALOGUE } from './catalogue.ts';
import { hubAddress } from './choose.ts';

test('every offered model has an address of its own, a licence that allows use, and says what it is good at', () => {
  expect(new Set(CATALOGUE.map(({ repo }) => repo)).size).toBe(CATALOGUE.length);
  for (const { repo, licence, goodAt, bytes } of CATALOGUE) {
    expect(hubAddress(repo)).toBe(`https://huggingface.co/${repo}`);
    expect(licence).not.toMatch(/research|amlr|non-?commercial|nc\b/i);
    expect(enPanel.skills[goodAt]).toMatch(/^[A-Z].*\.$/);
    for (const size of Object.values(bytes)) expect(size).toBeGreaterThan(50e6);
  }
});
