import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_IMAGE_BYTES } from './completions/image-url.ts';
import { fetchImageFrom } from './fetch-image.ts';

async function origin(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a picture of an allowed origin is fetched, without cookies or the page it is for', async () => {
  const headers: unknown[] = [];
  const site = await origin((request, response) => {
    headers.push(request.headers.cookie, request.headers.referer);
    response.setHeader('content-type', 'image/png').end('bytes');
  });
  const image = await fetchImageFrom([site])(`${site}/a.png`, 'url');
  expect([image.type, await image.text()]).toEqual(['image/png', 'bytes']);
  expect(headers).toEqual([undefined, undefined]);
});

test.each(['https://elsewhere.example/a.png', 'file:///etc/passwd', 'ftp://x.example/a', '/a.png', 'javascript:1', ''])(
  'no request for %s',
  async (address) => {
    const fetchImage = fetchImageFrom(['https://pictures.example']);
    await expect(fetchImage(address, 'url')).rejects.toMatchObject({ code: 'request-invalid', param: 'url' });
  },
);

test('an allowed origin cannot send on to another one', async () => {
  let asked = 0;
  const inside = await origin((_, response) => void response.end(`${(asked += 1)}`));
  const site = await origin((_, response) => void response.writeHead(302, { location: `${inside}/secret` }).end());
  await expect(fetchImageFrom([site])(`${site}/a.png`, 'url')).rejects.toMatchObject({ code: 'image-broken' });
  expect(asked).toBe(0);
});

test('a picture that says it is too large is not read; one that is missing says so', async () => {
  const site = await origin((request, response) => {
    if (request.url === '/missing.png') response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': MAX_IMAGE_BYTES + 1 }).write('x');
  });
  const fetchImage = fetchImageFrom([site]);
  await expect(fetchImage(`${site}/large.png`, 'url')).rejects.toMatchObject({ code: 'image-too-large' });
  await expect(fetchImage(`${site}/missing.png`, 'url')).rejects.toMatchObject({ code: 'image-broken' });
});
