/** The library as others get it: built, packed, unpacked into a folder; and folders served on origins of their own. */
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

/** Runs a command; throws with what it printed when it fails. */
export function command(cwd: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout;
}

/** What `npm run build:lib` wrote; the tests' command runs it before the first spec. */
export const LIBRARY = join(ROOT, 'dist-lib');

/** Path of a freshly packed tarball, in a folder of its own. */
export async function packLibrary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'library-'));
  return join(folder, command(LIBRARY, 'npm', 'pack', '--silent', '--pack-destination', folder).trim());
}

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

export interface Site {
  /** With a trailing slash. */
  url: string;
  origin: string;
  /** Paths that were asked for, in order. */
  requests: string[];
  close(): Promise<void>;
}

/** A folder on an origin of its own, every answer with these headers. */
export async function serveFolder(folder: string, headers: Record<string, string> = {}): Promise<Site> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    requests.push(pathname);
    const path = join(
      folder,
      normalize(decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname)),
    );
    stat(path).then(
      ({ size }) => {
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'Content-Type': type, 'Content-Length': size, ...headers });
        if (request.method === 'HEAD') response.end();
        else createReadStream(path).pipe(response);
      },
      () => response.writeHead(404, headers).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { url: `${origin}/`, origin, requests, close };
}
