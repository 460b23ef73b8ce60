/** Checkpoints written piece by piece are whole: every tensor is where the index says, and its numbers are as asked. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderSink } from '../../files/node/sink.ts';
import { folderSource } from '../../files/node/source.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { elements } from '../weights/float-tensor.ts';
import { tensorBytes } from '../weights/safetensors-write.ts';
import { configOf } from './config.ts';
import { pooledFiller } from './fill.ts';
import { NAMED_SHAPES } from './named.ts';
import { tinyShape } from './shape.ts';
import { tensorSpecs } from './tensors.ts';
import { splitBySize, writeCheckpoint } from './write.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'synthetic-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('files stay under their size, and the reader finds every number', async () => {
  const shape = tinyShape('phi', 300, 128);
  const limit = 60_000;
  const specs = tensorSpecs(shape);
  const options = { files: splitBySize(specs, limit, 'float32'), piecesOf: pooledFiller(3) };
  const sink = folderSink(folder);
  const bytes = await writeCheckpoint(sink, configOf(shape, 'float32'), { dtype: 'float32', ...options });
  await sink.finish();
  expect(bytes).toBe(specs.reduce((sum, spec) => sum + tensorBytes(spec, 'float32'), 0));
  const files = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  expect(files.length).toBeGreaterThan(bytes / limit);
  const again = pooledFiller(3);
  const checkpoint = await openCheckpoint(folderSource(folder));
  for (const spec of specs) {
    const expected = Float32Array.from([...again(spec)].flatMap((piece) => [...piece]));
    expect(await checkpoint.tensor(spec.name, spec.dims).read(), spec.name).toEqual(expected);
  }
});

test('the language models of full size have exactly the parameters of Phi-1.5, Gemma-2B and Phi-2', () => {
  const parameters = (name: keyof typeof NAMED_SHAPES): number =>
    tensorSpecs(NAMED_SHAPES[name])
      .filter((spec) => !/vision_tower|mm_projector/.test(spec.name))
      .reduce((sum, spec) => sum + elements(spec.dims), 0);
  expect(parameters('mipha-1.6b')).toBe(1_418_270_720);
  expect(parameters('mipha-2.4b')).toBe(2_506_172_416);
  expect(parameters('mipha-3b')).toBe(2_779_683_840);
});
