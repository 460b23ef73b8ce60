/** A folder and a plan of faults → a local HTTP server that cuts, stalls and lies as told, and logs what was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Folder } from './model-folder.ts';

/** What goes wrong with one response; nothing set means nothing goes wrong. */
export interface Fault {
  status?: number;
  headers?: Record<string, string>;
  /** Instead of the file's bytes. */
  body?: string;
  /** Destroy the connection after so many body bytes. */
  cutAfter?: number;
  /** Send nothing more after so many body bytes (-1: not even headers). */
  stallAfter?: number;
  /** Answer 200 with the whole file although a range was asked for. */
  ignoreRange?: boolean;
  gzip?: boolean;
  /** No Content-Length. */
  chunked?: boolean;
  /** Changes the body bytes before they are sent; `first` is their offset in the file. */
  alter?: (body: Buffer, first: number) => Buffer;
}

export interface Request {
  path: string;
  range: { first: number; last: number } | null;
  /** How many requests for this path came before. */
  count: number;
}

/** A file that is served beside the model, and never fails. */
export interface SiteFile {
  type: string;
  body: string;
}

const OPEN_TO_ALL = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'content-range' };

export class ScriptedServer {
  readonly log: (Request & { sent: number })[] = [];
  /** Called for every request. */
  plan: (request: Request) => Fault | undefined = () => undefined;
  /** Resolves when the client has had the time to take what was sent; then the connection is destroyed. */
  beforeCut: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, 30));
  folder: Folder;
  /** Whether pages of other origins may read the answers. */
  openToAll = false;
  readonly #site: ReadonlyMap<string, SiteFile>;
  readonly #server: Server;
  readonly #host: string;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(folder: Folder, site: ReadonlyMap<string, SiteFile>, host: string) {
    this.#host = host;
    this.folder = folder;
    this.#site = site;
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** `site`: path from the root → what lies there. `host`: a name for this device, which the browser has to know. */
  static async start(
    folder: Folder,
    site: ReadonlyMap<string, SiteFile> = new Map(),
    host = '127.0.0.1',
  ): Promise<ScriptedServer> {
    const server = new ScriptedServer(folder, site, host);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.#port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  get origin(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  get url(): string {
    return `${this.origin}/m/`;
  }

  /** Body bytes sent for one path, or for everything but the manifest. */
  sent(path?: string): number {
    const counted = this.log.filter((entry) => (path ? entry.path === path : entry.path !== 'manifest.json'));
    return counted.reduce((total, entry) => total + entry.sent, 0);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(incoming: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(incoming.url ?? '/', this.url);
    const beside = this.#site.get(pathname);
    if (beside) {
      response.writeHead(200, { 'content-type': beside.type }).end(beside.body);
      return;
    }
    if (pathname.startsWith('/m/')) this.#serveModel(pathname.slice('/m/'.length), incoming, response);
    else response.writeHead(404).end();
  }

  #serveModel(path: string, incoming: IncomingMessage, response: ServerResponse): void {
    const match = /^bytes=(\d+)-(\d*)$/.exec(incoming.headers.range ?? '');
    const final = (this.folder.files.get(path)?.length ?? 0) - 1;
    const range = match ? { first: Number(match[1]), last: match[2] ? Number(match[2]) : final } : null;
    const request = { path, range, count: this.log.filter((entry) => entry.path === path).length };
    const entry = { ...request, sent: 0 };
    this.log.push(entry);
    const fault = this.plan(request) ?? {};
    if (fault.stallAfter === -1) return;
    const file = this.folder.files.get(path);
    if (!file && fault.body === undefined) {
      response.writeHead(fault.status ?? 404).end('not found');
      return;
    }
    const partial = range !== null && !fault.ignoreRange;
    const whole = fault.body === undefined ? Buffer.from(file as Uint8Array) : Buffer.from(fault.body);
    let body: Buffer = partial && fault.body === undefined ? whole.subarray(range.first, range.last + 1) : whole;
    if (fault.alter) body = fault.alter(Buffer.from(body), partial ? range.first : 0);
    if (fault.gzip) body = gzipSync(body);
    const headers: Record<string, string | number> = {
      'content-type': 'application/octet-stream',
      ...(this.openToAll ? OPEN_TO_ALL : {}),
      ...(fault.chunked ? {} : { 'content-length': body.length }),
      ...(partial ? { 'content-range': `bytes ${range.first}-${range.last}/${whole.length}` } : {}),
      ...(fault.gzip ? { 'content-encoding': 'gzip' } : {}),
      ...fault.headers,
    };
    response.writeHead(fault.status ?? (partial ? 206 : 200), headers);
    const end = fault.cutAfter ?? fault.stallAfter;
    const sent = body.subarray(0, end ?? body.length);
    entry.sent = sent.length;
    if (end === undefined) response.end(sent);
    else if (fault.cutAfter === undefined) response.write(sent);
    else response.write(sent, () => void this.beforeCut().then(() => response.socket?.destroy()));
  }
}
