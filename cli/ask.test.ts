/** The command line on a tiny model: answers, follow-ups, damaged models and pictures, exit statuses. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFolder } from './build-folder.ts';
import { writeTinyFolder } from '../builder/test/folders.ts';
import { openModelFolder } from './node-files.ts';

let folder: string;
let model: string;
let image: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ask-'));
  model = join(folder, 'model');
  image = join(folder, 'image.png');
  await writeTinyFolder(join(folder, 'checkpoint'));
  const card = { id: 'tiny', name: 'Tiny', description: '', license: '', source: { repo: '', revision: '' } };
  await buildFolder({ checkpoint: join(folder, 'checkpoint'), out: model, variants: ['f32', 'wasm-int8'], card });
  const picture = new PNG({ width: 20, height: 10 });
  picture.data.fill(200);
  await writeFile(image, PNG.sync.write(picture));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command as npm would, and gives what it printed. */
function run(...words: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), 'ask', ...words]);
    const printed = { out: '', err: '' };
    child.stdout.on('data', (text: Buffer) => (printed.out += String(text)));
    child.stderr.on('data', (text: Buffer) => (printed.err += String(text)));
    child.on('error', reject).on('close', (status) => resolve({ status, ...printed }));
  });
}

/** A copy of the model in which one file was changed. */
async function damaged(path: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const copy = await mkdtemp(join(folder, 'damaged-'));
  await cp(model, copy, { recursive: true });
  await writeFile(join(copy, path), change(await readFile(join(copy, path))));
  return copy;
}

const flipped = (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1]! ^= 1;
  return copy;
};
const codeOf = (task: Promise<unknown>) =>
  task.then(
    () => 'fine',
    (thrown: { code: string }) => thrown.code,
  );

describe('ask', () => {
  test('two questions are one conversation, answered the same each time', async () => {
    const words = ['--model', model, '--image', image, '--max-tokens', '4', '--json', 'What is it?', 'And why?'];
    const { status, out, err } = await run(...words);
    expect([status, err]).toEqual([0, '']);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ question }) => question)).toEqual(['What is it?', 'And why?']);
    expect(answers[0].usage).toMatchObject({ cached_tokens: 0 });
    // The follow-up needs neither the picture nor the first question again.
    expect(answers[1].usage.cached_tokens).toBeGreaterThan(answers[0].usage.prompt_tokens - 1);
    expect(answers[1].timings.vision).toBe(0);

    const plain = await run('--model', model, '--image', image, '--max-tokens', '4', 'What is it?');
    expect(plain).toEqual({ status: 0, out: `${answers[0].text}\n`, err: '' });
  });

  test.each(['llava', 'onevision'] as const)(
    '%s: template, picture, answer and follow-up of another family',
    async (family) => {
      const checkpoint = join(folder, `${family}-checkpoint`);
      const out = join(folder, family);
      await writeTinyFolder(checkpoint, { family, max_length: 512 });
      const card = { id: family, name: family, description: '', license: '', source: { repo: '', revision: '' } };
      await buildFolder({ checkpoint, out, variants: ['f32'], card });
      const words = ['--model', out, '--image', image, '--max-tokens', '4', '--json', 'What is it?', 'And why?'];
      const { status, out: printed, err } = await run(...words);
      expect([status, err]).toEqual([0, '']);
      const [first, second] = printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(first.usage).toMatchObject({ cached_tokens: 0 });
      // The past answer is written as it was generated, so nothing before it is computed again.
      expect(second.usage.cached_tokens).toBeGreaterThanOrEqual(first.usage.prompt_tokens);
      expect(second.timings.vision).toBe(0);
    },
  );

  test('a file that is no picture is a failure with a reason', async () => {
    const words = ['--model', model, '--image', join(model, 'manifest.json'), 'What is it?'];
    const { status, out, err } = await run(...words);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/^ask: .+ \(image-unsupported\)\n$/);
    const { out: json } = await run('--json', ...words);
    expect(JSON.parse(json)).toMatchObject({ error: { code: 'image-unsupported' } });
  });

  test('a folder without a model, an unknown variant and wrong words each have their message', async () => {
    expect((await run('--model', folder, '--image', image, 'Hm?')).err).toMatch('build-model');
    const unknown = await run('--model', model, '--variant', 'q3', '--image', image, 'Hm?');
    expect([unknown.status, unknown.err]).toEqual([1, expect.stringMatching(/q3.*f32, wasm-int8/)]);
    expect(await run('--image', image)).toMatchObject({ status: 2, err: expect.stringContaining('Usage:') });
  });
});

describe('openModelFolder', () => {
  test('reads every listed file', async () => {
    const { manifest, read } = await openModelFolder(model);
    for (const { path, bytes } of manifest.files) expect((await read(path)).length).toBe(bytes);
  });

  test('a changed, shortened or longer file is corrupt, an unknown or missing one is named', async () => {
    const { manifest } = await openModelFolder(model);
    const { path } = manifest.files[0]!;
    for (const change of [
      flipped,
      (bytes: Buffer) => bytes.subarray(1),
      (bytes: Buffer) => Buffer.concat([bytes, bytes]),
    ]) {
      const { read } = await openModelFolder(await damaged(path, change));
      expect(await codeOf(read(path))).toBe('chunk-corrupt');
    }
    const copy = await damaged(path, flipped);
    await rm(join(copy, path));
    const { read } = await openModelFolder(copy);
    expect(await codeOf(read(path))).toBe('download-failed');
    expect(await codeOf(read('../image.png'))).toBe('manifest-invalid');
  });

  test('a manifest that is missing or no manifest', async () => {
    expect(await codeOf(openModelFolder(join(folder, 'nowhere')))).toBe('download-failed');
    for (const text of ['', '{', '[]', '{"format": 2}']) {
      const copy = await damaged('manifest.json', () => Buffer.from(text));
      expect(await codeOf(openModelFolder(copy))).toBe('manifest-invalid');
    }
  });
});
