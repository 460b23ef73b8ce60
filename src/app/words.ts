/** The words of the page, in one place, so that a translation is one more object of this shape. */
import type { LoadProgress, ModelInfo, Place } from '../../contract/backend.ts';
import type { Phase } from '../../contract/chat.ts';
import type { DoneEvent, Picture } from './state.ts';

const MB = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const DEVICES: Record<Place, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  browser: 'the browser’s own model',
  server: 'a server',
};
const PHASES: Record<Phase, string> = {
  image: 'Opening the picture',
  vision: 'Looking at the picture',
  prefill: 'Reading the question',
  decode: 'Writing',
};
const ENDS: Record<DoneEvent['finish_reason'], string> = {
  stop: 'complete',
  length: 'cut at the length limit',
  cancelled: 'stopped',
};

const megabytes = (bytes: number) => `${MB.format(bytes / 1e6)} MB`;

/** Whole per cent of a load, 0 while its size is unknown. */
export function percentOf({ loaded_bytes, total_bytes }: LoadProgress): number {
  return total_bytes > 0 ? Math.min(100, Math.floor((100 * loaded_bytes) / total_bytes)) : 0;
}

function loading(progress: LoadProgress | null): string {
  if (progress === null || progress.step === 'manifest') return 'Loading the model…';
  if (progress.step === 'prepare') return 'Preparing the model…';
  if (progress.step === 'self-test') return 'Checking that this device computes correctly…';
  const stored = progress.loaded_bytes > 0 && progress.network_bytes === 0;
  const verb = stored ? 'Reading the stored model' : 'Downloading the model';
  const { loaded_bytes, total_bytes } = progress;
  return `${verb}: ${MB.format(loaded_bytes / 1e6)} of ${megabytes(total_bytes)}, ${percentOf(progress)} %`;
}

function details(
  { usage, timings, finish_reason }: DoneEvent,
  info: ModelInfo | null,
): [term: string, value: string][] {
  const { prompt_tokens, cached_tokens, completion_tokens } = usage;
  // The first token belongs to the prefill, so the decode time covers one token fewer.
  const decoded = completion_tokens - 1;
  const speed = decoded > 0 && timings.decode > 0 ? (1000 * decoded) / timings.decode : null;
  const rows: [string, string | null][] = [
    ['Model', info && `${info.name} (${info.variant})`],
    ['Computed on', info && (info.device === 'server' ? DEVICES.server : `${DEVICES[info.device]}, on this device`)],
    ['First token after', `${WHOLE.format(timings.first_token)} ms`],
    ['Speed', speed === null ? null : `${WHOLE.format(speed)} tokens/s`],
    ['Tokens read', `${prompt_tokens}${cached_tokens > 0 ? `, ${cached_tokens} of them remembered` : ''}`],
    ['Tokens written', String(completion_tokens)],
    ['Ended', ENDS[finish_reason]],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

export const words = {
  product: 'Mipha',
  privacy: 'Pictures and questions never leave this device.',
  mistakes: 'A small model makes mistakes. Do not rely on it where safety, health or money is at stake.',
  welcome: {
    title: 'Ask about a picture',
    text: 'Add a picture, drop it here or paste it, then ask. The answer is computed in this browser.',
    samples: 'No picture at hand? Try one of these:',
  },
  model: {
    loading,
    loadingName: 'Loading the model',
    ready: ({ name, device }: ModelInfo) => `${name} · ${DEVICES[device]}`,
    readySpoken: ({ name, device }: ModelInfo) => `${name} is ready and runs on ${DEVICES[device]}.`,
    why: ({ device }: ModelInfo) => `Why ${DEVICES[device]}?`,
    facts: ({ bytes, threads, device, max_length }: ModelInfo) =>
      `${megabytes(bytes)}, ${device === 'wasm' ? `${threads} ${threads === 1 ? 'thread' : 'threads'}, ` : ''}` +
      `remembers ${max_length} tokens.`,
    notStored: 'The model is not stored; it will be fetched again on the next visit.',
    delete: 'Delete the stored model',
    failedTitle: 'The model is not running',
    reload: 'Load again',
    useWasm: 'Use WebAssembly',
  },
  offline: {
    ready: 'Works offline',
    explained: 'The page and the model are stored: the next visit needs no network.',
    update: 'Update ready',
  },
  picture: {
    add: 'Add image',
    camera: 'Take photo',
    remove: 'Remove image',
    reading: 'Opening the picture',
    alt: ({ width, height }: Picture) => `Your picture, ${width} × ${height} pixels`,
    drop: 'Drop the picture to add it',
    notAFile:
      'That came without a file. Save the picture first, then add it; this page fetches nothing from elsewhere.',
    oneOfMany: 'One picture at a time: the first one was added.',
    sampleMissing: 'The sample picture could not be fetched. Check the connection, or add a picture of your own.',
  },
  camera: {
    title: 'Take a photo',
    take: 'Capture',
    cancel: 'Cancel',
    turn: 'Other camera',
    starting: 'Starting the camera',
    preview: 'Camera preview',
    failures: {
      NotAllowedError: 'The camera is blocked for this page. Allow it in the browser’s site settings, then try again.',
      NotFoundError: 'No camera was found.',
      NotReadableError: 'The camera is in use by another program.',
    } as Record<string, string>,
    failed: 'The camera could not be started.',
  },
  composer: {
    question: 'Question',
    placeholder: 'Ask about the picture',
    placeholderEmpty: 'Add a picture, then ask about it',
    ask: 'Ask',
    stop: 'Stop',
    suggestions: 'Suggested questions',
    keys: 'Enter asks, Shift+Enter starts a new line.',
    dismiss: 'Dismiss',
  },
  conversation: {
    name: 'Conversation',
    new: 'New conversation',
    latest: 'Jump to latest',
    you: 'You asked:',
    answer: 'Answer',
    waitingModel: 'Waiting for the model',
    waitingTurn: 'Waiting for the answer above',
    starting: 'Starting',
    phases: PHASES,
    stopped: 'Stopped',
    stoppedEarly: 'Stopped before the answer began',
    empty: 'The model gave no answer',
    cut: 'The answer reached the length limit',
    copy: 'Copy',
    copied: 'Copied',
    retry: 'Try again',
    edit: 'Edit',
    editName: 'Edit question',
    dropped: 'Earlier questions were left out: this model cannot look back that far.',
    details: 'Details',
    detailRows: details,
    report: 'Technical details',
    spokenAnswer: (text: string) => `Answer: ${text}`,
    spokenStopped: 'The answer was stopped.',
    spokenFailed: (sentence: string) => `The answer failed. ${sentence}`,
  },
};

/** One tap asks these; they fit what mipha-nano was trained on. */
export const SUGGESTIONS: readonly string[] = [
  'Describe the picture.',
  'How many shapes are there?',
  'Is there a circle?',
  'What does the text say?',
  'What colour is the background?',
];

/** Pictures that the embedded model can talk about, in the page's `samples/` folder. */
export const SAMPLES: readonly { file: string; alt: string }[] = [
  { file: 'samples/shapes.png', alt: 'Sample: coloured shapes' },
  { file: 'samples/count.png', alt: 'Sample: things to count' },
  { file: 'samples/word.png', alt: 'Sample: a printed word' },
];
