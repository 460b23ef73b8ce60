/** An error, or a reason for what a model does here → what a person reads about it and what they can press next. */
import type { ErrorCode, WireError } from '../../contract/errors.ts';
import type { Reason } from '../../contract/reasons.ts';
import { fill, list, number, plural, roundSize, words } from './language.ts';
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

/** Evidence may come from a file that somebody made up. */
const isFailure = (value: unknown): value is WireError => Object.hasOwn(FAILURES, String(Object(value).code));
const isReason = (value: unknown): value is Reason => typeof Object(value).reason === 'string';

/** A failure that stands in a sentence about something else: of one without a meaning of its own, what was reported. */
function nested({ code, message, evidence }: WireError): string {
  return code === 'backend-failed'
    ? String(message)
    : failureOf({ code, message, evidence: Object(evidence) }).sentence;
}

/** A value as the language writes it; of a size its name tells the unit (`contract/reasons.ts`). */
function written(name: string, value: unknown): unknown {
  if (typeof value === 'number') {
    if (name.endsWith('_gb')) return roundSize(value * 1e9);
    return name.endsWith('bytes') ? roundSize(value) : number(value);
  }
  if (!Array.isArray(value)) return isFailure(value) ? nested(value) : value;
  const entries: unknown[] = value;
  if (entries.every(isReason)) return entries.map(reasonSentence).join(' ');
  return list(entries.map(String));
}

function filled(template: Words['reasons'][keyof Words['reasons']], values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values).map(([name, value]) => [name, written(name, value)]);
  const places = { page: globalThis.location?.origin, ...Object.fromEntries(entries) };
  const text = typeof template === 'string' ? fill(template, places) : plural(template, Number(values['max']), places);
  return text.trim();
}

/** The sentence that says a reason; null where these words have none for it. */
function sentenceOf(reason: unknown, values: Readonly<Record<string, unknown>>): string | null {
  const { reasons } = words();
  if (typeof reason !== 'string' || !Object.hasOwn(reasons, reason)) return null;
  return filled(reasons[reason as keyof Words['reasons']], values);
}

/** Why a model runs where it does, or does not suit this device, in the person's language. */
export function reasonSentence({ reason, values }: Reason): string {
  return sentenceOf(reason, Object(values)) ?? reason;
}

export function failureOf({ code, message, evidence }: WireError): Failure {
  const { sentence, remedy } = FAILURES[code];
  const { failures } = words();
  const { reason, said } = evidence;
  const told = sentenceOf(reason, evidence);
  if (told !== null) return { sentence: told, remedy };
  if (sentence === null) return { sentence: message, remedy };
  const key = code === 'server-refused' ? refusalOf(evidence['status']) : sentence;
  // The English words of what comes later may still be on their way, or lost with the connection.
  if (!Object.hasOwn(failures, key)) return { sentence: message, remedy };
  const quoted = typeof said === 'string' && said !== '' ? ` ${fill(failures.serverSaid, { said })}` : '';
  return { sentence: `${fill(failures[key], evidence)}${quoted}`, remedy };
}

/** The failure as text for a bug report. Evidence never holds content, so this is safe to share. */
export function reportOf(error: WireError): string {
  const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const evidence = Object.entries(error.evidence).map(([name, value]) => `${name}: ${plain(value)}`);
  return [`${error.code}: ${error.message}`, ...evidence].join('\n');
}
