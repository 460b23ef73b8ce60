import { expect, test } from 'vitest';
import { prefillChunk } from './language.ts';
import { fakeManifest } from './test/fake-runtime.ts';

const shape = (hidden_size: number, num_hidden_layers: number) => ({
  ...fakeManifest().architecture,
  hidden_size,
  num_hidden_layers,
});

test('a larger model is prefilled in smaller pieces, within bounds', () => {
  expect(prefillChunk('wasm', shape(256, 4))).toBe(128);
  expect(prefillChunk('wasm', shape(2560, 32))).toBe(16);
  expect(prefillChunk('wasm', shape(576, 30))).toBe(125);
  expect(prefillChunk('webgpu', shape(256, 4))).toBe(256);
  expect(prefillChunk('webgpu', shape(2560, 32))).toBe(64);
});
