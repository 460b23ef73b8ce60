/** A folder of models → a server that imitates the hub: file lists, redirects of large files, ranges, ETags, and faults on demand. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeHubModels } from './hub-models.ts';

/** Larger files the hub keeps apart (LFS), with a sum of the whole. */
const LARGE_BYTES = 1000;
/** A client on a busy machine must have read what was sent before its connection is cut: what it had not read is lost with it. */
const CUT_MS = 250;

export interface HubBehaviour {
  /** Connections to large files that are cut, after so many bytes each. */
  cut?: { after: number; times: number };
  /** One wrong bit in every large file. */
  corrupt?: boolean;
  /** Answer everything with this status. */
  status?: number;
  /** Answer so many requests with 503 first. */
  failures?: number;
  /** Answer only who sends it. */
  token?: string;
  /** Send large files whole, whatever was asked for. */
  ignoreRange?: boolean;
  /** The list of files, instead of the true one. */
  siblings?: object[];
}

export interface HubServer {
  /** Without a slash at its end. */
  endpoint: string;
  /** Paths in the order they were asked for, with the first byte of a range behind a `#`. */
  requests: string[];
  /** The same as they came. */
  log: { url: string; range: string | undefined }[];
  behaviour: HubBehaviour;
  /** As the hub names a commit: 40 digits, here those of the content. */
  commit(repo: string): Promise<string>;
  close(): Promise<void>;
}

interface File {
  bytes: Buffer;
  sha256: string;
  large: boolean;
}

const OPEN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'X-Repo-Commit, X-Linked-Etag, X-Linked-Size, ETag, Content-Range, Accept-Ranges',
};

async function readRepo(root: string): Promise<Map<string, File>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, File>();
  for (const entry of entries.filter((item) => item.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.set(relative(root, path), {
      bytes,
      sha256,
      large: /onnx|safetensors/.test(entry.name) && bytes.length >= LARGE_BYTES,
    });
  }
  return files;
}

class Hub {
  readonly #folder: string;
  readonly #repos = new Map<string, Map<string, File>>();
  readonly requests: string[] = [];
  readonly log: HubServer['log'] = [];
  behaviour: HubBehaviour = {};

  constructor(folder: string) {
    this.#folder = folder;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const [path = ''] = url.split('?', 1);
    const first = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
    this.log.push({ url, range: headers.range });
    this.requests.push(first ? `${path}#${first[1]}` : path);
    const listing = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/main$/.exec(path);
    const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const content = /^\/cdn\/([^/]+\/[^/]+)\/(.+)$/.exec(path);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { ...OPEN, 'Access-Control-Allow-Headers': 'range' }).end();
    } else if (this.behaviour.status !== undefined) {
      response.writeHead(this.behaviour.status, OPEN).end();
    } else if (this.behaviour.failures) {
      this.behaviour.failures--;
      response.writeHead(503, OPEN).end();
    } else if (this.behaviour.token && headers.authorization !== `Bearer ${this.behaviour.token}`) {
      response.writeHead(401, OPEN).end();
    } else if (listing?.[1]) {
      await this.#list(listing[1], response);
    } else if (resolve?.[1] && resolve[3]) {
      await this.#resolve(resolve[1], decodeURIComponent(resolve[3]), request, response);
    } else if (content?.[1] && content[2]) {
      this.#send(await this.#file(content[1], content[2]), this.behaviour.ignoreRange ? null : first, response);
    } else response.writeHead(404, OPEN).end();
  }

  async #repo(name: string): Promise<Map<string, File>> {
    let files = this.#repos.get(name);
    if (!files) {
      files = await readRepo(join(this.#folder, name)).catch(() => new Map<string, File>());
      this.#repos.set(name, files);
    }
    return files;
  }

  async #file(repo: string, path: string): Promise<File | undefined> {
    return (await this.#repo(repo)).get(path);
  }

  async commit(repo: string): Promise<string> {
    const sums = [...(await this.#repo(repo)).values()].map(({ sha256 }) => sha256).join();
    return createHash('sha1').update(sums).digest('hex');
  }

  async #list(repo: string, response: ServerResponse): Promise<void> {
    const files = await this.#repo(repo);
    if (files.size === 0) {
      response.writeHead(404, OPEN).end('{"error":"Repository not found"}');
      return;
    }
    const siblings = [...files].map(([rfilename, { bytes, sha256, large }]) => ({
      rfilename,
      size: bytes.length,
      ...(large ? { lfs: { sha256, size: bytes.length, pointerSize: 134 } } : {}),
    }));
    const body = JSON.stringify({
      id: repo,
      sha: await this.commit(repo),
      tags: ['onnx', 'image-text-to-text', 'license:apache-2.0'],
      siblings: this.behaviour.siblings ?? siblings,
    });
    response.writeHead(200, { ...OPEN, 'Content-Type': 'application/json; charset=utf-8' }).end(body);
  }

  async #resolve(repo: string, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = await this.#file(repo, path);
    if (!file) {
      response.writeHead(404, { ...OPEN, 'X-Error-Code': 'EntryNotFound' }).end();
      return;
    }
    const headers = { ...OPEN, 'X-Repo-Commit': await this.commit(repo), 'Accept-Ranges': 'bytes' };
    if (!file.large) {
      response.writeHead(200, {
        ...headers,
        ETag: `"${file.sha256.slice(0, 40)}"`,
        'Content-Length': file.bytes.length,
      });
      response.end(file.bytes);
      return;
    }
    const location = `http://${request.headers.host}/cdn/${repo}/${path}?Signature=x`;
    const linked = { 'X-Linked-Etag': `"${file.sha256}"`, 'X-Linked-Size': String(file.bytes.length) };
    response.writeHead(302, { ...headers, ...linked, Location: location }).end();
  }

  #send(file: File | undefined, range: RegExpExecArray | null, response: ServerResponse): void {
    if (!file) {
      response.writeHead(404, OPEN).end();
      return;
    }
    const { length } = file.bytes;
    const start = Number(range?.[1] ?? 0);
    const end = range?.[2] ? Number(range[2]) : length - 1;
    const body = Buffer.from(file.bytes.subarray(start, end + 1));
    if (this.behaviour.corrupt && start <= 10 && body.length > 10) body[10 - start] = (body[10 - start] ?? 0) ^ 1;
    const headers = { ...OPEN, 'Content-Length': body.length, 'Accept-Ranges': 'bytes', ETag: `"${file.sha256}"` };
    if (range) response.writeHead(206, { ...headers, 'Content-Range': `bytes ${start}-${end}/${length}` });
    else response.writeHead(200, headers);
    const { cut } = this.behaviour;
    if (cut && cut.times > 0 && body.length > cut.after) {
      cut.times -= 1;
      response.write(body.subarray(0, cut.after), () => setTimeout(() => response.destroy(), CUT_MS));
    } else response.end(body);
  }
}

/** Serves the models under `folder`; `folder/owner/name` is the repository `owner/name`. */
export async function startHub(folder: string, port = 0): Promise<HubServer> {
  const hub = new Hub(folder);
  const server = createServer((request, response) => void hub.answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(hub, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

const [, script, folder] = process.argv;
// Run alone: makes the models in an empty folder, serves them and says where.
if (script !== undefined && import.meta.url === pathToFileURL(script).href && folder !== undefined) {
  await writeHubModels(folder);
  console.log((await startHub(folder)).endpoint);
}
