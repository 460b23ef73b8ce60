import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { downloadCheckpoint, isHubName } from './hub.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const FILES: Readonly<Record<string, Buffer>> = {
  'config.json': Buffer.from('{"architectures":["MiphaPhiForCausalLM"]}'),
  'tokenizer.json': Buffer.from('{}'),
  'model.safetensors': Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 31) % 251)),
  'pytorch_model.bin': Buffer.from('not wanted'),
  'README.md': Buffer.from('not wanted'),
};

interface Behaviour {
  token?: string;
  /** Bytes after which a weight download is cut, this many times. */
  cut?: { after: number; times: number };
  ignoreRange?: boolean;
  corrupt?: boolean;
  failures?: number;
  siblings?: object[];
}

let behaviour: Behaviour = {};
const requests: { url: string; range: string | undefined }[] = [];
let server: Server;
let endpoint = '';
let directory = '';

/** Imitates the two endpoints of the hub that are used. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '';
  const range = request.headers.range;
  requests.push({ url, range });
  if (behaviour.failures) {
    behaviour.failures--;
    response.writeHead(503).end();
  } else if (behaviour.token && request.headers.authorization !== `Bearer ${behaviour.token}`) {
    response.writeHead(401).end();
  } else if (url === '/api/models/someone/model/revision/main?blobs=true') {
    const siblings = Object.entries(FILES).map(([rfilename, data]) => ({
      rfilename,
      size: data.length,
      ...(rfilename.endsWith('.safetensors')
        ? { lfs: { sha256: createHash('sha256').update(data).digest('hex') } }
        : {}),
    }));
    response.end(JSON.stringify({ sha: COMMIT, siblings: behaviour.siblings ?? siblings }));
  } else {
    sendFile(url.replace(`/someone/model/resolve/${COMMIT}/`, ''), range, response);
  }
}

function sendFile(name: string, range: string | undefined, response: ServerResponse): void {
  const data = FILES[name];
  if (!data) {
    response.writeHead(404).end();
    return;
  }
  const start = range && !behaviour.ignoreRange ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0;
  const body = Buffer.from(data.subarray(start));
  if (behaviour.corrupt && name === 'model.safetensors') body[10] = (body[10] ?? 0) ^ 1;
  const headers = { 'content-length': String(body.length) };
  if (start > 0)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${data.length - 1}/${data.length}` });
  else response.writeHead(200, headers);
  const { cut } = behaviour;
  if (cut && cut.times > 0 && name === 'model.safetensors') {
    cut.times--;
    response.write(body.subarray(0, cut.after), () => setTimeout(() => response.destroy(), 20));
    return;
  }
  response.end(body);
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(async () => {
  behaviour = {};
  requests.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'hub-'));
});
afterEach(() => rm(directory, { recursive: true }));

const download = (token?: string) => downloadCheckpoint({ repo: 'someone/model', directory, endpoint, token });
const weights = (): Promise<Buffer> => readFile(join(directory, 'model.safetensors'));

describe('downloadCheckpoint', () => {
  test('fetches what the builder reads and nothing else, and the second time nothing', async () => {
    expect(await download()).toBe(COMMIT);
    expect((await readdir(directory)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(await weights()).toEqual(FILES['model.safetensors']);
    requests.length = 0;
    await download();
    expect(requests.map(({ url }) => url)).toEqual(['/api/models/someone/model/revision/main?blobs=true']);
  });

  test('goes on where a connection broke', async () => {
    behaviour = { cut: { after: 20_000, times: 2 } };
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
    const ranges = requests.filter(({ url }) => url.endsWith('model.safetensors')).map(({ range }) => range);
    expect(ranges).toEqual([undefined, 'bytes=20000-', 'bytes=40000-']);
  });

  test('goes on in a later run, and begins again when the server ignores the range', async () => {
    const partial = join(directory, `model.safetensors.${COMMIT.slice(0, 12)}.partial`);
    await writeFile(partial, (FILES['model.safetensors'] as Buffer).subarray(0, 30_000));
    behaviour = { ignoreRange: true };
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
    expect((await readdir(directory)).some((name) => name.endsWith('.partial'))).toBe(false);
  });

  test('refuses bytes that do not have the promised checksum', async () => {
    behaviour = { corrupt: true };
    await expect(download()).rejects.toMatchObject({ code: 'chunk-corrupt' });
    expect(await readdir(directory)).not.toContain('model.safetensors');
    behaviour = {};
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test('a damaged file of the right size is fetched again', async () => {
    await writeFile(join(directory, 'model.safetensors'), Buffer.alloc(50_000));
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test('a private model needs its token, and the error says so', async () => {
    behaviour = { token: 'secret' };
    await expect(download()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('HF_TOKEN'),
    });
    await download('secret');
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test('a busy server is asked again', async () => {
    behaviour = { failures: 2 };
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test.each([
    [[{ rfilename: '../../evil.safetensors', size: 1 }]],
    [[{ rfilename: 'model.bin', size: 1 }]],
    [[{ rfilename: 7 }]],
    [[]],
  ])('a file list without usable weights is a named error: %j', async (siblings) => {
    behaviour = { siblings };
    await expect(download()).rejects.toMatchObject({ code: 'download-failed' });
    expect(await readdir(directory)).toEqual([]);
  });
});

test.each([
  ['zhumj34/Mipha-3B', true],
  ['./folder', false],
  ['folder', false],
  ['../up', false],
  ['a/b/c', false],
  ['/abs/path', false],
  ['a/..', false],
])('isHubName(%j) is %j', (source, expected) => {
  expect(isHubName(source)).toBe(expected);
});
