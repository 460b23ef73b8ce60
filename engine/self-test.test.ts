import { describe, expect, test } from 'vitest';
import type { SelfTest } from '../contract/manifest.ts';
import { Engine } from './engine.ts';
import { argmax } from './sampler.ts';
import { decodeImage } from './test/chat.ts';
import { FakeRuntime, fakeFiles, fakeManifest } from './test/fake-runtime.ts';

/** Computes what this runtime answers, as the builder does for the float32 variant. */
async function truth(): Promise<SelfTest> {
  const runtime = new FakeRuntime();
  const files = fakeFiles(fakeManifest());
  const { parts } = await Engine.load({ files, variant: files.manifest.variants[0]!, runtime, decode: decodeImage });
  const { input_ids } = files.manifest.self_test;
  await parts.language.prefill(input_ids);
  const logits = await parts.language.logits();
  const next_ids = [await parts.language.nextToken()];
  for (let i = 0; i < 4; i++) {
    await parts.language.step(next_ids.slice(-1));
    next_ids.push(await parts.language.nextToken());
  }
  const probe_ids = [argmax(logits), 3, 77];
  return {
    input_ids,
    next_ids,
    probe_ids,
    probe_logits: probe_ids.map((id) => logits[id]!),
    image_embeds: [...((await parts.vision.readLast()) as Float32Array)].slice(0, 4),
    tolerance: { fake: 0.01 },
  };
}

async function loadWith(self_test: SelfTest, runtime = new FakeRuntime()) {
  const files = fakeFiles(fakeManifest({ self_test }));
  return Engine.load({ files, variant: files.manifest.variants[0]!, runtime, decode: decodeImage });
}

describe('self-test', () => {
  test('passes where the numbers are right and reports the error', async () => {
    const expected = await truth();
    expect((await loadWith(expected)).parts.selfTestError).toBe(0);
    const near = { ...expected, probe_logits: expected.probe_logits.map((value) => value + 0.005) };
    expect((await loadWith(near)).parts.selfTestError).toBeCloseTo(0.005, 5);
  });

  test('leaves an empty context behind', async () => {
    expect((await loadWith(await truth())).parts.cache.length).toBe(0);
  });

  test('fails on logits, on a continuation and on numbers that are none', async () => {
    const expected = await truth();
    const failed = expect.objectContaining({ code: 'self-test-failed' });
    const off = { ...expected, probe_logits: expected.probe_logits.map((value) => value + 0.02) };
    await expect(loadWith(off)).rejects.toEqual(failed);
    const otherPath = { ...expected, next_ids: [expected.next_ids[0]!, 3, 4] };
    await expect(loadWith(otherPath)).rejects.toEqual(failed);
    const notANumber = { ...expected, probe_logits: expected.probe_logits.map(() => Number.NaN) };
    await expect(loadWith(notANumber)).rejects.toEqual(failed);
  });

  test('where one next token is known, the end of the prompt is decoded too', async () => {
    const expected = await truth();
    const short = { ...expected, next_ids: expected.next_ids.slice(0, 1) };
    const runtime = new FakeRuntime();
    const { parts } = await loadWith(short, runtime);
    expect(parts.selfTestError).toBe(0);
    expect(runtime.decoderRuns).toBe(5);
    expect(runtime.decodedTokens).toBe(expected.input_ids.length + 4);

    const wrongInDecode = new FakeRuntime();
    wrongInDecode.beforeRun = () => {
      if (wrongInDecode.decoderRuns > 0) wrongInDecode.fillLogits = 1;
    };
    await expect(loadWith(short, wrongInDecode)).rejects.toMatchObject({
      code: 'self-test-failed',
      message: expect.stringContaining('decode') as string,
    });
  });

  test('a variant without a tolerance is a broken manifest', async () => {
    await expect(loadWith({ ...(await truth()), tolerance: {} })).rejects.toMatchObject({ code: 'manifest-invalid' });
  });

  test('Stop during loading is heard', async () => {
    const files = fakeFiles(fakeManifest());
    const controller = new AbortController();
    const runtime = new FakeRuntime();
    const loading = Engine.load({
      files,
      variant: files.manifest.variants[0]!,
      runtime,
      decode: decodeImage,
      signal: controller.signal,
      onStep: (step) => step === 'prepare' && controller.abort(),
    });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    expect(runtime.decoderRuns).toBe(0);
  });
});
