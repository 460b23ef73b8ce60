/** A function of a request → an OpenAI-compatible server on this machine, for tests. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  temperature: number;
  max_tokens: number;
  messages: { content: string | { type: string; text?: string; image_url?: { url: string } }[] }[];
}

/** What the last message says; its picture as a data URL. */
export function lastMessage({ messages }: FakeRequest): { text: string; image: string | null } {
  const content = messages.at(-1)?.content ?? '';
  if (typeof content === 'string') return { text: content, image: null };
  const text = content.map((part) => part.text ?? '').join('');
  return { text, image: content.find((part) => part.image_url)?.image_url?.url ?? null };
}

/** `reply` gives the answer's text, or an HTTP status to fail with. */
export async function fakeServer(model: string, reply: (request: FakeRequest) => string | number) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      const send = (status: number, value: unknown) =>
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
      if (request.url === '/v1/models') return send(200, { data: [{ id: model }] });
      const said = reply(JSON.parse(body) as FakeRequest);
      if (typeof said === 'number') return send(said, { error: { message: 'try later' } });
      const choices = [{ message: { role: 'assistant', content: said }, finish_reason: 'stop' }];
      return send(200, { choices, usage: { prompt_tokens: 1, completion_tokens: 2 } });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => new Promise((closed) => server.close(closed));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, close };
}
