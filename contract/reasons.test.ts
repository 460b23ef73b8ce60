import { expect, it } from 'vitest';
import { readReason, REASONS, type Reason, reasonText } from './reasons.ts';

it.each(Object.keys(REASONS) as Reason[])('%s is told apart from the others, with its values', (reason) => {
  const names = [...REASONS[reason].matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const values = Object.fromEntries(names.map((name, index) => [name, `webgpu-q4f16 (${index}), 12.5 GB`]));
  expect(readReason(reasonText(reason, values))).toEqual({ reason, values });
});

it('takes nothing else for one of them', () => {
  for (const sentence of ['', 'It runs', 'The battery is low.']) expect(readReason(sentence)).toBeNull();
});
