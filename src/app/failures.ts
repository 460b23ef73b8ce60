/** Error code → what a person reads about it and what they can press next. */
import type { ErrorCode, WireError } from '../../contract/errors.ts';
import { fill, words } from './language.ts';
import type { Words } from './words/en.ts';

/** The next step the page offers first. A picture is added with the button that is always there. */
export type Remedy = 'retry' | 'use-wasm' | 'edit' | 'add-picture' | 'none';

export interface Failure {
  /** What happened and what to do, in one or two sentences. */
  sentence: string;
  remedy: Remedy;
}

/** `sentence: null`: only the reason in the evidence, or the error's own message, says what was wrong with this input. */
const FAILURES: Record<ErrorCode, { sentence: keyof Words['failures'] | null; remedy: Remedy }> = {
  'webgpu-missing': { sentence: 'webgpuMissing', remedy: 'use-wasm' },
  'out-of-memory': { sentence: 'outOfMemory', remedy: 'retry' },
  'download-failed': { sentence: 'downloadFailed', remedy: 'retry' },
  'download-unconfirmed': { sentence: null, remedy: 'none' },
  'chunk-corrupt': { sentence: 'chunkCorrupt', remedy: 'retry' },
  quota: { sentence: 'quota', remedy: 'retry' },
  'storage-blocked': { sentence: 'storageBlocked', remedy: 'retry' },
  'manifest-invalid': { sentence: 'manifestInvalid', remedy: 'retry' },
  'model-unsupported': { sentence: 'modelUnsupported', remedy: 'none' },
  'self-test-failed': { sentence: 'selfTestFailed', remedy: 'use-wasm' },
  'image-unsupported': { sentence: null, remedy: 'add-picture' },
  'image-broken': { sentence: null, remedy: 'add-picture' },
  'image-too-large': { sentence: null, remedy: 'add-picture' },
  'request-invalid': { sentence: null, remedy: 'edit' },
  'context-full': { sentence: 'contextFull', remedy: 'edit' },
  cancelled: { sentence: 'cancelled', remedy: 'retry' },
  'worker-lost': { sentence: 'workerLost', remedy: 'retry' },
  'server-unreachable': { sentence: null, remedy: 'retry' },
  'server-refused': { sentence: null, remedy: 'retry' },
  'backend-failed': { sentence: 'backendFailed', remedy: 'retry' },
};

export function failureOf({ code, message, evidence }: WireError): Failure {
  const { sentence, remedy } = FAILURES[code];
  const { failures, reasons } = words();
  const reason = String(evidence['reason']);
  if (Object.hasOwn(reasons, reason)) {
    return { sentence: fill(reasons[reason as keyof Words['reasons']], evidence), remedy };
  }
  return { sentence: sentence === null ? message : failures[sentence], remedy };
}

/** The failure as text for a bug report. Evidence never holds content, so this is safe to share. */
export function reportOf(error: WireError): string {
  const evidence = Object.entries(error.evidence).map(([name, value]) => `${name}: ${value}`);
  return [`${error.code}: ${error.message}`, ...evidence].join('\n');
}
