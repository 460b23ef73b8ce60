/** The commands as a person runs them, with the model that comes along: a folder into a table, a server asked by OpenAI's client. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvLine, parseCsv } from './csv.ts';
import { barText } from './progress-bar.ts';

const SAMPLES = join(import.meta.dirname, '../public/samples');
let folder: string;
let pictures: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands-'));
  pictures = join(folder, 'pictures');
  await mkdir(join(pictures, 'below'), { recursive: true });
  await cp(join(SAMPLES, 'shapes.png'), join(pictures, 'shapes.png'));
  await cp(join(SAMPLES, 'count.png'), join(pictures, 'below/=count, "two".png'));
  await writeFile(join(pictures, 'torn.png'), (await readFile(join(SAMPLES, 'word.png'))).subarray(0, 900));
  await writeFile(join(pictures, 'notes.txt'), 'no picture');
  // What macOS and file managers leave beside pictures.
  await writeFile(join(pictures, '._shapes.png'), 'Mac OS X        ');
  await mkdir(join(pictures, 'below/.thumbnails'));
  await cp(join(SAMPLES, 'shapes.png'), join(pictures, 'below/.thumbnails/shapes.png'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), ...words]);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (printed.out += String(text)));
  child.stderr.on('data', (text: Buffer) => (printed.err += String(text)));
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { child, printed, ended };
}
async function run(...words: string[]) {
  const { ended, printed } = start(...words);
  return { status: await ended, ...printed };
}

describe('alt-text', () => {
  test('describes a folder, goes on where it was stopped, tries failures anew', async () => {
    const csv = join(folder, 'table.csv');
    // As a run leaves it that was killed while it wrote its third row.
    const earlier = [
      ['file', 'alt_text', 'error'],
      ['shapes.png', 'By hand.', ''],
      ['torn.png', '', 'image-broken: x'],
    ];
    await writeFile(csv, `${earlier.map(csvLine).join('')}"below/=cou`);
    const first = await run('alt-text', pictures, '--csv', csv, '--max-tokens', '30');
    expect(first.err).toMatch(/2 of 3 pictures are described/);
    expect(first.status).toBe(1);
    const rows = parseCsv(await readFile(csv, 'utf8'));
    expect(rows.map(([file]) => file)).toEqual(['file', 'shapes.png', 'below/=count, "two".png', 'torn.png']);
    expect(rows[1]).toEqual(['shapes.png', 'By hand.', '']);
    expect(rows[2]![1]).toMatch(/\w+ \w+/);
    expect(rows[3]!.slice(1)).toEqual(['', expect.stringMatching(/^image-broken: /)]);

    await rm(join(pictures, 'torn.png'));
    const again = await run('alt-text', pictures, '--csv', csv);
    expect(again).toMatchObject({ status: 0, out: '', err: expect.stringContaining('2 of 2') });
    expect(parseCsv(await readFile(csv, 'utf8')).slice(0, 3)).toEqual(rows.slice(0, 3));
  });

  test('another table is not overwritten, wrong words are explained', async () => {
    const other = join(folder, 'other.csv');
    await writeFile(other, 'name,price\r\n');
    const { status, err } = await run('alt-text', pictures, '--csv', other);
    expect([status, err]).toEqual([1, expect.stringContaining('not a table of this command')]);
    expect(await readFile(other, 'utf8')).toBe('name,price\r\n');
    for (const words of [['alt-text', pictures], ['sing']])
      expect(await run(...words)).toMatchObject({ status: 2, err: expect.stringContaining('Usage:') });
  });
});

test('csv: cells come back as they were, formulas do not run, a torn row is left out', () => {
  const cells = ['a,b', 'say "hi"', 'two\r\nlines', '', '=1+1', '@x', "it's", '-'];
  const line = csvLine(cells);
  expect(line).toContain("'=1+1");
  expect(parseCsv(line)).toEqual([cells]);
  expect(parseCsv(`${csvLine(['a', 'b'])}"c,`)).toEqual([['a', 'b']]);
});

test('progress: a bar that fits its line, without control characters', () => {
  expect(barText(1, 2, 'cat.png', 80)).toBe('[############------------] 1/2 cat.png');
  expect(barText(0, 3, '\x1b[2Jx\n', 80)).toBe('[------------------------] 0/3 ?[2Jx?');
  expect(barText(2, 2, 'long name', 34).length).toBe(33);
});

describe('serve', () => {
  test('answers the official client about a real picture, whole and streamed, and stops when told', async () => {
    const { child, printed, ended } = start('serve', '--port', '0');
    try {
      while (!printed.out.includes('/v1')) {
        expect(child.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const baseURL = /http:\S+\/v1/.exec(printed.out)![0];
      const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 });
      const base64 = (await readFile(join(SAMPLES, 'shapes.png'))).toString('base64');
      const content: OpenAI.ChatCompletionContentPart[] = [
        { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
        { type: 'text', text: 'What shapes are in the picture?' },
      ];
      const params = { model: 'mipha-nano', messages: [{ role: 'user' as const, content }], temperature: 0 };
      const { choices, usage } = await client.chat.completions.create(params);
      const text = choices[0]!.message.content!;
      expect(text).toMatch(/circle|square|triangle|rectangle|star|shapes/i);
      // The other kinds that browsers read arrive as well, however they are turned.
      for (const name of ['lossy.webp', 'palette.gif', 'turned6.avif', 'rgb.jpg']) {
        const bytes = await readFile(join(SAMPLES, '../../fixtures/pictures', name));
        const image_url = { url: `data:image/${name.split('.')[1]};base64,${bytes.toString('base64')}` };
        const asked = [{ type: 'image_url' as const, image_url }, content[1]!];
        const seen = await client.chat.completions.create({ ...params, messages: [{ role: 'user', content: asked }] });
        expect(seen.choices[0]!.message.content, name).toMatch(/red circle/);
      }
      let streamed = '';
      for await (const chunk of await client.chat.completions.create({ ...params, stream: true }))
        streamed += chunk.choices[0]?.delta.content ?? '';
      expect(streamed).toBe(text);
      expect(usage!.completion_tokens).toBeGreaterThan(2);

      // Beyond OpenAI's list: an adapter of the model, for this request alone.
      type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;
      const ask = async (more: object): Promise<string> =>
        (await client.chat.completions.create({ ...params, ...more } as Params)).choices[0]!.message.content!;
      const short = await ask({ adapter: 'terse' });
      expect(short.length).toBeLessThan(text.length);
      expect(await ask({ top_k: 1, temperature: 1, repetition_penalty: 1 })).toBe(text);
      await expect(ask({ adapter: 'florid' })).rejects.toMatchObject({
        status: 400,
        param: 'adapter',
        message: expect.stringContaining('It has: terse.'),
      });
      // As chat programs send it: a greeting, an answer without words, a picture without any.
      const wordless = { role: 'user', content: content.slice(0, 1) };
      const greeted = [{ role: 'assistant', content: 'Hello!' }, wordless];
      expect(await ask({ messages: greeted, verbosity: 'low', logit_bias: {} })).toMatch(/\w+ \w+/);
      const unanswered = [...params.messages, { role: 'assistant', content: null }, params.messages[0]!];
      expect(await ask({ messages: unanswered })).toMatch(/\w/);
      const system = { role: 'system', content: 'Be kind. '.repeat(3000) };
      await expect(ask({ messages: [system, ...params.messages] })).rejects.toThrow(/Shorten the system message/);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toBe(130);
  });
});
