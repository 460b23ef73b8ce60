/** The commands that build and check a model, run as a person runs them. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'builder-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

function run(script: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = ['--import', 'tsx', join('cli', script), ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

const CHECKPOINT = 'fixtures/mipha/tiny-mipha-phi2';

test('build-model writes a folder and verify-model says how close each variant is', async () => {
  const out = join(folder, 'model');
  const built = run(
    'build-model.ts',
    CHECKPOINT,
    '--out',
    out,
    '--variants',
    'f32,wasm-int8',
    '--no-tokenizer',
    '--json',
  );
  expect(built.stderr).not.toContain('failed');
  expect(built.status).toBe(0);
  const { variants } = JSON.parse(built.stdout) as { variants: { id: string; bytes: number }[] };
  expect(variants.map(({ id }) => id)).toEqual(['f32', 'wasm-int8']);
  expect(await readdir(out)).toContain('manifest.json');

  const verified = run('verify-model.ts', out, '--golden', join(CHECKPOINT, 'golden.safetensors'), '--json');
  expect(verified.status).toBe(0);
  const [float, int8] = JSON.parse(verified.stdout) as Record<string, number | string | boolean>[];
  expect(float).toMatchObject({ variant: 'f32', generated_match: true, top1: 1 });
  expect(float?.['max_abs_logit_error']).toBeLessThan(1e-4);
  expect(int8?.['kl']).toBeGreaterThan(0);
});

test('--layout transformers-js writes what the other library looks for', async () => {
  const out = join(folder, 'peer');
  const layout = ['--layout', 'transformers-js', '--variants', 'wasm-int8', '--no-tokenizer', '--json'];
  const built = run('build-model.ts', CHECKPOINT, '--out', out, ...layout);
  expect(built.status).toBe(0);
  const { variants, bytes } = JSON.parse(built.stdout) as { variants: { id: string; bytes: number }[]; bytes: number };
  expect(variants).toEqual([{ id: 'q8', bytes: expect.any(Number) }]);
  expect(variants[0]?.bytes).toBeLessThan(bytes);
  const files = await readdir(join(out, 'onnx'));
  expect(files).toContain('decoder_model_merged_quantized.onnx');
  expect(files).toContain('decoder_model_merged_quantized.onnx_data');
});

test.each([
  ['build-model.ts', [CHECKPOINT, '--out', 'x', '--wrong'], 2, /--wrong[^]*Usage/],
  ['build-model.ts', [CHECKPOINT, '--out', 'x', '--layout', 'gguf'], 2, /--layout is mipha-web or transformers-js/],
  ['build-model.ts', ['fixtures', '--out', join(tmpdir(), 'none', 'x')], 1, /config\.json/],
] as const)('%s %j ends with status %i and says what to do', (script, args, status, message) => {
  const result = run(script, ...args);
  expect(result.status).toBe(status);
  expect(result.stderr).toMatch(message);
});
