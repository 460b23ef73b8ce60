/** The thread that decodes: whoever asked goes on meanwhile, may stop waiting, and hears what was wrong. */
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import type { Answers } from './conversation.ts';
import { PictureDecoder } from './decoder.ts';
import { createOpenAiServer } from './openai-server.ts';
import { corpus } from './test/corpus.ts';
import { chunk } from './test/png.ts';

/** A small file that takes a while: black, one bit a pixel. */
function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc(height * (1 + width / 8));
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

const blob = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)]);
const HUGE = hugePng(12_000, 6_000);

test('pictures come back in order, shrunk, while the event loop goes on', async () => {
  const decoder = new PictureDecoder();
  const done: string[] = [];
  const huge = decoder.decode(blob(HUGE)).finally(() => done.push('huge'));
  const small = decoder.decode(blob(corpus().get('drawing.png')!)).finally(() => done.push('small'));
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 1);
  const { width, height, data } = await huge;
  clearInterval(clock);
  expect([width, height, data.length]).toEqual([2048, 1024, 2048 * 1024 * 4]);
  expect(turns).toBeGreaterThan(10);
  expect((await small).width).toBe(61);
  expect(done).toEqual(['huge', 'small']);
});

test('errors keep their code and words, and the next picture is read all the same', async () => {
  const decoder = new PictureDecoder({ maxPixels: 1_000_000 });
  const torn = corpus().get('drawing.png')!.subarray(0, 300);
  const refused = ['image-broken', 'image-too-large', 'image-unsupported'];
  const files = [torn, HUGE, Buffer.from('no picture')];
  const failures = files.map((bytes) => decoder.decode(blob(bytes)).catch(({ code }: { code: string }) => code));
  expect(await Promise.all(failures)).toEqual(refused);
  await expect(decoder.decode(blob(HUGE))).rejects.toThrow('12000 × 6000 pixels; 1 megapixels are the most here');
  expect((await decoder.decode(blob(corpus().get('420.avif')!))).height).toBe(43);
});

test('whoever stops waiting is let go at once, in the middle of a picture and before its turn', async () => {
  const decoder = new PictureDecoder();
  const [running, waiting] = [new AbortController(), new AbortController()];
  let finished = false;
  const first = decoder.decode(blob(HUGE), running.signal);
  const second = decoder.decode(blob(HUGE), waiting.signal).then(() => (finished = true));
  const third = decoder.decode(blob(corpus().get('palette.gif')!));
  const outcomes = Promise.allSettled([first, second, third]);
  waiting.abort();
  setTimeout(() => running.abort(), 20);
  const [one, two, three] = await outcomes;
  expect([one.status, two.status, three.status]).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect((one as PromiseRejectedResult).reason).toMatchObject({ name: 'AbortError' });
  expect(finished).toBe(false);
});

test('the server says that it is well while it opens a picture', async () => {
  const decoder = new PictureDecoder();
  const order: string[] = [];
  const engine: Answers = {
    async *answer({ messages }: ChatRequest): AsyncGenerator<ChatEvent> {
      const [image] = messages.flatMap(({ content }) => content.filter((part) => part.type === 'image'));
      order.push('decoding');
      const { width } = await decoder.decode(image!.image);
      order.push('decoded');
      yield { type: 'text', text: String(width) };
      const usage = { prompt_tokens: 1, cached_tokens: 0, completion_tokens: 1 };
      const timings = { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 };
      yield { type: 'done', finish_reason: 'stop', usage, timings };
    },
  };
  const server = createOpenAiServer({ engine, model: 'fake' });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const image_url = { url: `data:image/png;base64,${HUGE.toString('base64')}` };
    const content = [
      { type: 'image_url', image_url },
      { type: 'text', text: 'What is it?' },
    ];
    const body = JSON.stringify({ model: 'fake', messages: [{ role: 'user', content }] });
    const headers = { 'content-type': 'application/json' };
    const asked = fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
    while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    const health = await fetch(`${url}/health`);
    order.push(`health ${health.status}`);
    expect(JSON.stringify(await (await asked).json())).toContain('2048');
    expect(order).toEqual(['decoding', 'health 200', 'decoded']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
