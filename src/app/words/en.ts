/** The words of the first screen in English, and the shape that each translation has to fill. `{name}` is a place for a value. */
import type { Plural } from '../language.ts';
import { enFailures } from './en-failures.ts';
import type { enLate } from './en-late.ts';

export const enFirst = {
  product: 'Mipha',
  title: 'Mipha: ask about a picture, on your own device',
  privacy: 'Pictures and questions never leave this device.',
  privacyServer: 'Pictures and questions are sent to the server that you chose.',
  mistakes: 'A small model makes mistakes. Do not rely on it where safety, health or money is at stake.',
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  welcome: {
    title: 'Ask about a picture',
    text: 'Add a picture, drop it here or paste it, then ask. The answer is computed in this browser.',
    textServer: 'Add a picture, drop it here or paste it, then ask. A server that you chose computes the answer.',
    samples: 'No picture at hand? Try one of these:',
    ours: 'The built-in model reads English and knows drawings: shapes, printed words, charts, clocks and symbols. For photographs, choose another model.',
    sampleShapes: 'Sample: coloured shapes',
    sampleCount: 'Sample: things to count',
    sampleWord: 'Sample: a printed word',
  },
  models: { title: 'Models' },
  panel: { open: 'Source', sending: 'Sent to {host}' },
  history: {
    open: 'Conversations and settings',
    temporaryTag: 'Temporary',
  },
  model: {
    loading: 'Loading the model…',
    preparing: 'Preparing the model…',
    checking: 'Checking that this device computes correctly…',
    reading: 'Reading the stored model: {loaded} of {total}, {percent}',
    downloading: 'Downloading the model: {loaded} of {total}, {percent}',
    loadingName: 'Loading the model',
    ready: '{name} · {device}',
    readySpoken: '{name} is ready and runs on {device}.',
    failedTitle: 'The model is not running',
    reload: 'Load again',
    useWasm: 'Use WebAssembly',
    browser: 'the browser’s own model',
    server: 'a server',
  },
  offline: {
    ready: 'Works offline',
    update: 'Update ready',
    locked: 'Locked',
  },
  image: {
    add: 'Add image',
    camera: 'Take photo',
    screen: 'Capture screen',
    remove: 'Remove image',
    removeOf: 'Remove image {place}',
    earlier: 'Move image {place} forward',
    open: 'Look closer at image {place}',
    tray: 'Images for the next question',
    reading: 'Opening the picture',
    alt: 'Your picture, {width} × {height} pixels',
    long: 'This picture is very long: the model sees all of it, but much smaller. To have small text read, look closer at the picture and ask about a part.',
    drop: 'Drop the picture to add it',
  },
  actions: {
    name: 'One-tap questions',
    describe: 'Describe',
    read: 'Read the text',
    what: 'What is this?',
    alt: 'Alt text',
  },
  composer: {
    question: 'Question',
    placeholder: 'Ask about the picture',
    placeholderEmpty: 'Add a picture, then ask about it',
    ask: 'Ask',
    stop: 'Stop',
    keys: 'Enter asks, Shift+Enter starts a new line.',
    editing: 'You are rewording a question.',
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
    phaseImage: 'Opening the picture',
    phaseVision: 'Looking at the picture',
    phasePrefill: 'Reading the question',
    phaseDecode: 'Writing',
    stopped: 'Stopped',
    stoppedEarly: 'Stopped before the answer began',
    empty: 'The model gave no answer',
    cut: 'The answer reached the length limit',
    copy: 'Copy',
    copied: 'Copied',
    retry: 'Try again',
    edit: 'Edit',
    editName: 'Edit question',
    speak: 'Read aloud',
    silence: 'Stop reading',
    dropped: 'Earlier questions were left out: this model cannot look back that far.',
    report: 'Technical details',
    spokenAnswer: 'Answer:',
    spokenStopped: 'The answer was stopped.',
    spokenFailed: 'The answer failed. {sentence}',
    image: 'Picture',
    table: 'Table',
  },
  failures: enFailures,
  reasons: {},
};

/** Every text as any text, every choice by number with whatever forms a language has. */
export type Texts<T> = {
  [Key in keyof T]: T[Key] extends string
    ? string
    : T[Key] extends { one: string; other: string }
      ? Plural
      : Texts<T[Key]>;
};

/** What every language provides. */
export type Words = Texts<typeof enFirst & typeof enLate>;
