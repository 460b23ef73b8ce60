/** Group V: small files that are huge pictures, sent to the server: it answers others meanwhile, and refuses past its limit. */
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import type { Answers } from '../../cli/conversation.ts';
import { PictureDecoder } from '../../cli/decoder.ts';
import { createOpenAiServer } from '../../cli/openai-server.ts';
import { corpus } from '../../cli/test/corpus.ts';
import { chunk } from '../../cli/test/png.ts';
import { holds, type NodeCase, same } from '../part-case.ts';

/** One bit a pixel and all of them black: some bytes for a thousand pixels. */
function blackPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

const HUGE = [12_000, 6000] as const;
const blob = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)]);

/** Answers with the size of the picture; `opening` is called when it begins to open one. */
function sizes(decoder: PictureDecoder, opening: () => void): Answers {
  return {
    async *answer({ messages }: ChatRequest): AsyncGenerator<ChatEvent> {
      const image = messages.flatMap(({ content }) => content).find((part) => part.type === 'image');
      if (!image) throw new Error('no picture came');
      opening();
      const { width, height } = await decoder.decode(image.image);
      yield { type: 'text', text: `${width} x ${height}` };
      const usage = { prompt_tokens: 1, cached_tokens: 0, completion_tokens: 1 };
      const timings = { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 };
      yield { type: 'done', finish_reason: 'stop', usage, timings };
    },
  };
}

async function healthWhileOpening(): Promise<void> {
  const order: string[] = [];
  let begun = (): void => {};
  const opening = new Promise<void>((resolve) => (begun = resolve));
  const server = createOpenAiServer({ engine: sizes(new PictureDecoder(), begun), model: 'fake' });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const image_url = { url: `data:image/png;base64,${blackPng(...HUGE).toString('base64')}` };
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url }] }];
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'fake', messages });
    const asked = fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body }).then(async (reply) => {
      order.push(JSON.stringify(await reply.json()).includes('2048 x 1024') ? 'answer' : 'a wrong answer');
    });
    await opening;
    order.push(`health ${(await fetch(`${url}/health`)).status}`);
    await asked;
    same(order, ['health 200', 'answer'], 'what came first');
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

export const SERVER: NodeCase[] = [
  {
    id: 'V01-health',
    title: 'a picture of 72 megapixels in 9 kB: others are answered meanwhile',
    state: 'right',
    run: healthWhileOpening,
  },
  {
    id: 'V01-thin',
    title: 'a picture of 16 384 x 1 is shrunk before anything squares it',
    state: 'right',
    async run() {
      const { width, height, data } = await new PictureDecoder().decode(blob(blackPng(16_384, 1)));
      same([width, height, data.length], [2048, 1, 8192], 'the picture');
    },
  },
  {
    id: 'V02-limit',
    title: 'more pixels than the server takes',
    state: 'image-too-large',
    says: /12000 × 6000 pixels; 50 megapixels are the most here/,
    async run() {
      await new PictureDecoder({ maxPixels: 50e6 }).decode(blob(blackPng(...HUGE)));
    },
  },
  {
    id: 'V03-given-up',
    title: 'a client that goes while its picture is opened: the next one is served',
    state: 'right',
    async run() {
      const decoder = new PictureDecoder();
      const controller = new AbortController();
      const first = decoder.decode(blob(blackPng(...HUGE)), controller.signal).then(
        () => 'opened',
        ({ name }: Error) => name,
      );
      const next = decoder.decode(blob(corpus().get('palette.gif') ?? Buffer.alloc(0)));
      setTimeout(() => controller.abort(), 20);
      same(await first, 'AbortError', 'the first');
      holds((await next).width === 61, 'the next is another picture');
    },
  },
];
