/** Error code → what a person reads about it and what they can press next. */
import type { ErrorCode, WireError } from '../../contract/errors.ts';

/** The next step the page offers first. A picture is added with the button that is always there. */
export type Remedy = 'retry' | 'use-wasm' | 'edit' | 'add-picture' | 'none';

export interface Failure {
  /** What happened and what to do, in one or two sentences. */
  sentence: string;
  remedy: Remedy;
}

/** `sentence: null` shows the error's own message, which names what was wrong with this very input. */
const FAILURES: Record<ErrorCode, { sentence: string | null; remedy: Remedy }> = {
  'webgpu-missing': {
    sentence: 'WebGPU was asked for, but this browser offers no usable graphics adapter.',
    remedy: 'use-wasm',
  },
  'out-of-memory': {
    sentence: 'There was not enough memory. Close other tabs or programs, then try again.',
    remedy: 'retry',
  },
  'download-failed': {
    sentence: 'The model could not be fetched. Check the connection, then try again; what has arrived is kept.',
    remedy: 'retry',
  },
  'chunk-corrupt': {
    sentence: 'Part of the model arrived damaged and was discarded. Try again to fetch that part anew.',
    remedy: 'retry',
  },
  quota: {
    sentence: 'The browser has no room to keep the model. Free some disk space, then try again.',
    remedy: 'retry',
  },
  'storage-blocked': {
    sentence: 'The browser blocks storage for this page. Allow site data, or leave private browsing, then try again.',
    remedy: 'retry',
  },
  'manifest-invalid': { sentence: 'The model folder is not in the expected form.', remedy: 'retry' },
  'model-unsupported': { sentence: 'This version of the page cannot run that model.', remedy: 'none' },
  'self-test-failed': {
    sentence: 'This device computes wrong answers with the model, so it was not started.',
    remedy: 'use-wasm',
  },
  'image-unsupported': { sentence: null, remedy: 'add-picture' },
  'image-broken': { sentence: null, remedy: 'add-picture' },
  'image-too-large': { sentence: null, remedy: 'add-picture' },
  'request-invalid': { sentence: null, remedy: 'edit' },
  'context-full': {
    sentence:
      'The question and the conversation before it are longer than the model can read. Shorten the question, or start a new conversation.',
    remedy: 'edit',
  },
  cancelled: { sentence: 'Stopped.', remedy: 'retry' },
  'worker-lost': {
    sentence: 'The part of the page that computes answers stopped working and is being started again.',
    remedy: 'retry',
  },
  'server-unreachable': { sentence: null, remedy: 'retry' },
  'server-refused': { sentence: null, remedy: 'retry' },
  'backend-failed': { sentence: 'The answer could not be computed.', remedy: 'retry' },
};

export function failureOf(error: WireError): Failure {
  const { sentence, remedy } = FAILURES[error.code];
  return { sentence: sentence ?? error.message, remedy };
}

/** The failure as text for a bug report. Evidence never holds content, so this is safe to share. */
export function reportOf(error: WireError): string {
  const evidence = Object.entries(error.evidence).map(([name, value]) => `${name}: ${value}`);
  return [`${error.code}: ${error.message}`, ...evidence].join('\n');
}
