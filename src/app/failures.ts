/** Error code → what a person reads about it and what they can press next. */
import type { ErrorCode, Evidence, WireError } from '../../contract/errors.ts';
import { fill, number, plural, words } from './language.ts';
import type { Words } from './words/en.ts';

/** The next step the page offers first. An image is added with the button that is always there. */
export type Remedy = 'retry' | 'use-wasm' | 'edit' | 'add-image' | 'none';

export interface Failure {
  /** What happened and what to do, in one or two sentences. */
  sentence: string;
  remedy: Remedy;
}

type Sentence = keyof Words['failures'];

/** `sentence: null`: only the reason in the evidence, or the error's own message, says what was wrong with this input. */
const FAILURES: Record<ErrorCode, { sentence: Sentence | null; remedy: Remedy }> = {
  'webgpu-missing': { sentence: 'webgpuMissing', remedy: 'use-wasm' },
  'out-of-memory': { sentence: 'outOfMemory', remedy: 'retry' },
  'download-failed': { sentence: 'downloadFailed', remedy: 'retry' },
  'download-unconfirmed': { sentence: 'downloadUnconfirmed', remedy: 'none' },
  'chunk-corrupt': { sentence: 'chunkCorrupt', remedy: 'retry' },
  quota: { sentence: 'quota', remedy: 'retry' },
  'storage-blocked': { sentence: 'storageBlocked', remedy: 'retry' },
  'manifest-invalid': { sentence: 'manifestInvalid', remedy: 'retry' },
  'model-unsupported': { sentence: 'modelUnsupported', remedy: 'none' },
  'self-test-failed': { sentence: 'selfTestFailed', remedy: 'use-wasm' },
  'image-unsupported': { sentence: null, remedy: 'add-image' },
  'image-broken': { sentence: null, remedy: 'add-image' },
  'image-too-large': { sentence: null, remedy: 'add-image' },
  'request-invalid': { sentence: null, remedy: 'edit' },
  'context-full': { sentence: 'contextFull', remedy: 'edit' },
  cancelled: { sentence: 'cancelled', remedy: 'retry' },
  'worker-lost': { sentence: 'workerLost', remedy: 'retry' },
  'server-unreachable': { sentence: 'serverUnreachable', remedy: 'retry' },
  'server-refused': { sentence: 'serverRefused', remedy: 'retry' },
  'backend-failed': { sentence: 'backendFailed', remedy: 'retry' },
};

/** What an HTTP status means to the person who chose the server. */
function refusalOf(status: unknown): Sentence {
  if (typeof status !== 'number') return 'serverForeign';
  if (status === 401) return 'serverKey';
  if (status === 403) return 'serverForbidden';
  if (status === 404) return 'serverUnknown';
  if (status === 429) return 'serverBusy';
  if (status >= 300 && status < 400) return 'serverMoved';
  return status >= 500 ? 'serverFailed' : 'serverRefused';
}

/** Numbers as the language writes them. */
function written(evidence: Evidence): Evidence {
  const entries = Object.entries(evidence).map(([name, value]) => [
    name,
    typeof value === 'number' ? number(value) : value,
  ]);
  return Object.fromEntries(entries) as Evidence;
}

function filled(template: Words['reasons'][keyof Words['reasons']], evidence: Evidence): string {
  const values = { page: globalThis.location?.origin, ...written(evidence) };
  return typeof template === 'string' ? fill(template, values) : plural(template, Number(evidence['max']), values);
}

export function failureOf({ code, message, evidence }: WireError): Failure {
  const { sentence, remedy } = FAILURES[code];
  const { failures, reasons } = words();
  const { reason, said } = evidence;
  if (typeof reason === 'string' && Object.hasOwn(reasons, reason)) {
    return { sentence: filled(reasons[reason as keyof Words['reasons']], evidence), remedy };
  }
  if (sentence === null) return { sentence: message, remedy };
  const key = code === 'server-refused' ? refusalOf(evidence['status']) : sentence;
  const quoted = typeof said === 'string' && said !== '' ? ` ${fill(failures.serverSaid, { said })}` : '';
  return { sentence: `${fill(failures[key], evidence)}${quoted}`, remedy };
}

/** The failure as text for a bug report. Evidence never holds content, so this is safe to share. */
export function reportOf(error: WireError): string {
  const evidence = Object.entries(error.evidence).map(([name, value]) => `${name}: ${value}`);
  return [`${error.code}: ${error.message}`, ...evidence].join('\n');
}
