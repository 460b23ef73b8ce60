/** Group A: what networks and servers do to a download. */
import { modelFolder, noise } from '../model-folder.ts';
import type { Fault, Request } from '../scripted-server.ts';
import type { QuickCase, State, World } from '../case.ts';

export const WEIGHTS = 'weights/0.bin';
/** Waste of a case that may send all weights once more; they are ten chunks and a bit. */
export const WEIGHTS_AGAIN = 11;
/** Bytes of the weights in a model with chunks of `chunk` bytes. */
const weightBytes = (chunk: number): number => 10 * chunk + 100;
/** In the fifth chunk. */
export const middle = (chunk: number): number => 4 * chunk + 500;
/** For servers that fall silent on purpose. */
const SHORT_STALL = { stallMs: 300 };

export const chunkOf = ({ server }: World): number => server.folder.manifest.chunk_bytes;

/** The fault for the first `times` requests of the weights; everything else is served well. */
export const first =
  (fault: Fault, times: number) =>
  ({ path, count }: Request): Fault | undefined =>
    path === WEIGHTS && count < times ? fault : undefined;

/** A fault that meets the weights `times` times (for ever when left out) during one visit. */
function weights(
  id: string,
  title: string,
  state: State,
  faultAt: Fault | ((chunk: number) => Fault),
  more: { times?: number; waste?: number; says?: RegExp } = {},
): QuickCase {
  const { times = Number.POSITIVE_INFINITY, ...rest } = more;
  return {
    id,
    title,
    state,
    ...rest,
    async run(world) {
      const fault = typeof faultAt === 'function' ? faultAt(chunkOf(world)) : faultAt;
      world.server.plan = first(fault, times);
      return world.load(fault.stallAfter === undefined ? {} : { timing: SHORT_STALL });
    },
  };
}

/** The weights are cut once in their fifth chunk; the requests that follow meet `then`. */
function afterCut(
  id: string,
  title: string,
  then: (request: Request, chunk: number) => Fault | undefined,
  waste: number,
  state: State = 'ready',
): QuickCase {
  return {
    id,
    title,
    state,
    waste,
    async run(world) {
      world.server.plan = (request) => {
        if (request.path !== WEIGHTS) return undefined;
        return request.count === 0 ? { cutAfter: middle(chunkOf(world)) } : then(request, chunkOf(world));
      };
      return world.load();
    },
  };
}

const cutAt = (percent: number): QuickCase =>
  weights(
    `A01-cut-${percent}`,
    `cut at ${percent} %`,
    'ready',
    (chunk) => ({ cutAfter: Math.round((weightBytes(chunk) * percent) / 100) }),
    { times: 1 },
  );

const SIGN_IN: Fault = {
  body: '<!doctype html><title>Sign in</title>',
  headers: { 'content-type': 'text/html; charset=utf-8' },
};
const whenRanged = (fault: (chunk: number) => Fault) => (request: Request, chunk: number) =>
  request.range ? fault(chunk) : undefined;

export const DOWNLOAD: QuickCase[] = [
  cutAt(0),
  cutAt(1),
  cutAt(25),
  cutAt(50),
  cutAt(90),
  cutAt(99.9),
  weights('A01-cut-edge', 'cut at the edge of a chunk', 'ready', (chunk) => ({ cutAfter: 4 * chunk }), { times: 1 }),
  weights('A01-cut-every', 'cut in every chunk', 'ready', (chunk) => ({ cutAfter: chunk - 1 }), {
    times: 10,
    waste: 10,
  }),
  weights('A01-cut-for-ever', 'cut before the first byte, for ever', 'download-failed', { cutAfter: 0 }),
  afterCut('A01-cut-then-503', 'cut, then 503 for ever', () => ({ status: 503, body: '' }), 1, 'download-failed'),
  afterCut('A06-no-ranges', 'cut, then 200 with the whole file instead of 206', () => ({ ignoreRange: true }), 5),
  afterCut(
    'A07-416',
    'cut, then 416',
    whenRanged(() => ({ status: 416, body: '' })),
    5,
  ),
  afterCut(
    'A08-content-range',
    'cut, then a Content-Range of other bytes',
    whenRanged((chunk) => ({ headers: { 'content-range': `bytes 0-99/${weightBytes(chunk)}` } })),
    WEIGHTS_AGAIN,
  ),
  afterCut(
    'A08-length',
    'cut, then a Content-Range of a longer file',
    whenRanged((chunk) => ({
      headers: { 'content-range': `bytes ${middle(chunk)}-${weightBytes(chunk) - 1}/${2 * weightBytes(chunk)}` },
    })),
    WEIGHTS_AGAIN,
  ),
  afterCut(
    'A08-shifted',
    'cut, then bytes from another place under the right Content-Range',
    ({ count }) => (count === 1 ? { alter: (body) => Buffer.concat([body.subarray(7), Buffer.alloc(7)]) } : undefined),
    WEIGHTS_AGAIN,
  ),
  weights('A09-404', '404', 'download-failed', { status: 404, body: 'no' }, { says: /404.*address/ }),
  weights('A09-403', '403', 'download-failed', { status: 403, body: 'no' }),
  weights('A09-410', '410', 'download-failed', { status: 410, body: 'no' }),
  weights(
    'A09-429',
    '429 twice, with Retry-After',
    'ready',
    { status: 429, body: 'slow', headers: { 'retry-after': '0' } },
    { times: 2 },
  ),
  weights('A09-500', '500 four times', 'ready', { status: 500, body: '' }, { times: 4 }),
  weights('A09-503', '503 for ever', 'download-failed', { status: 503, body: '' }, { says: /503.*kept/ }),
  weights('A09-204', '204 without a body', 'download-failed', { status: 204, body: '' }),
  weights('A11-no-length', 'no Content-Length', 'ready', { chunked: true }),
  weights(
    'A11-short-length',
    'a Content-Length longer than the body',
    'ready',
    (chunk) => ({
      headers: { 'content-length': String(weightBytes(chunk) + 50) },
      cutAfter: weightBytes(chunk),
    }),
    { times: 1 },
  ),
  weights(
    'A12-longer',
    'a body longer than promised',
    'ready',
    { alter: (body) => Buffer.concat([body, Buffer.alloc(5000)]) },
    { times: 1, waste: 5 },
  ),
  weights('A13-shorter', 'a body shorter than promised', 'download-failed', { alter: (body) => body.subarray(0, 0) }),
  weights('A14-portal', 'a sign-in page instead of the weights', 'download-failed', SIGN_IN, { says: /[Ss]ign in/ }),
  weights('A15-gzip', 'a gzipped body', 'ready', { gzip: true }, { waste: 1 }),
  weights('A16-stall-start', 'silence before the headers', 'ready', { stallAfter: -1 }, { times: 1 }),
  weights('A16-stall', 'silence in the middle', 'ready', (chunk) => ({ stallAfter: 5 * chunk + 7 }), { times: 1 }),
  weights('A16-stall-for-ever', 'silence for ever', 'download-failed', { stallAfter: 0 }, { says: /silent/ }),
  {
    id: 'A14-portal-first',
    title: 'a sign-in page instead of the manifest',
    state: 'download-failed',
    says: /[Ss]ign in/,
    async run(world) {
      world.server.plan = () => SIGN_IN;
      return world.load();
    },
  },
  {
    id: 'A18-stop',
    title: 'stopped in the middle by the person',
    state: 'cancelled',
    async run(world) {
      const chunk = chunkOf(world);
      world.server.plan = first({ stallAfter: middle(chunk) }, 1);
      return world.load({ stopAt: 4 * chunk + 3900 });
    },
  },
  {
    id: 'A19-changed',
    title: 'the model is replaced on the server in the middle',
    state: 'chunk-corrupt',
    says: /replaced/,
    waste: 3 * WEIGHTS_AGAIN,
    async run(world) {
      const chunk = chunkOf(world);
      const next = modelFolder({ [WEIGHTS]: noise(weightBytes(chunk), 44) }, 'Newer', chunk);
      world.server.plan = ({ path, count }) => {
        if (path !== WEIGHTS) return undefined;
        if (count === 0) return { cutAfter: middle(chunk) };
        world.server.folder = next;
        return undefined;
      };
      return world.load();
    },
  },
  {
    id: 'A19-offline-after',
    title: 'the server is gone on a later visit: the stored model runs',
    state: 'ready',
    async run(world) {
      await world.load();
      world.server.plan = () => ({ status: 503, body: '' });
      return world.load();
    },
  },
];
