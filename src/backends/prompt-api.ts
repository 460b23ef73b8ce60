/** The browser's own language model (the Prompt API) → a Backend; only on the page, and only where the browser has one. */
import type { Backend, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import { AnswerClock } from './answer-clock.ts';

/** The part of the specification that is used here. */
type Availability = 'unavailable' | 'downloadable' | 'downloading' | 'available';
interface Content {
  type: 'text' | 'image';
  value: string | Blob;
}
interface PromptMessage {
  role: string;
  content: string | Content[];
}
interface CreateOptions {
  expectedInputs: { type: 'text' | 'image' }[];
  expectedOutputs: { type: 'text'; languages: string[] }[];
  initialPrompts?: PromptMessage[];
  signal?: AbortSignal;
  monitor?: (monitor: EventTarget) => void;
}
interface LanguageModelSession {
  promptStreaming(input: PromptMessage[], options?: { signal?: AbortSignal }): ReadableStream<string>;
  readonly inputQuota?: number;
  destroy(): void;
}
export interface LanguageModelApi {
  availability(options: Pick<CreateOptions, 'expectedInputs' | 'expectedOutputs'>): Promise<Availability>;
  create(options: CreateOptions): Promise<LanguageModelSession>;
}

type Expected = Pick<CreateOptions, 'expectedInputs' | 'expectedOutputs'>;
/** Browsers want to know the language of answers beforehand. */
const EXPECTED: Expected = {
  expectedInputs: [{ type: 'text' }, { type: 'image' }],
  expectedOutputs: [{ type: 'text', languages: ['en'] }],
};
/** The API tells the progress of a download as a share; as bytes it is this many. */
const WHOLE = 1000;

function ownApi(): LanguageModelApi | null {
  return (globalThis as { LanguageModel?: LanguageModelApi }).LanguageModel ?? null;
}

/** Whether this browser has a model of its own that looks at images, or would fetch one. Never throws. */
export async function promptApiAvailability(api: LanguageModelApi | null = ownApi()): Promise<Availability> {
  try {
    return (await api?.availability(EXPECTED)) ?? 'unavailable';
  } catch {
    return 'unavailable'; // a browser that knows no images yet rejects the question
  }
}

function unavailable(): AppError {
  const message =
    'This browser has no model of its own that looks at pictures. Chrome for computers has one on devices with enough memory and disk.';
  return new AppError('model-unsupported', message);
}

/** Failures of the API, which come as DOMExceptions with these names. */
function meaning(thrown: unknown): AppError {
  const { name, message } = Object(thrown) as { name?: unknown; message?: unknown };
  const reason = typeof message === 'string' ? message : String(thrown);
  if (name === 'QuotaExceededError')
    return new AppError('context-full', "The conversation is longer than the browser's model can read.", {}, thrown);
  if (name === 'NotAllowedError')
    return new AppError('request-invalid', `The browser does not start its model for this page: ${reason}`, {}, thrown);
  if (name === 'NotSupportedError')
    return new AppError('model-unsupported', `The browser's model refused: ${reason}`, {}, thrown);
  if (name === 'NetworkError')
    return new AppError('download-failed', `The browser could not fetch its model: ${reason}`, {}, thrown);
  return asAppError(thrown);
}

function promptOf({ role, content }: Message): PromptMessage {
  return {
    role,
    content: content.map((part) =>
      part.type === 'text' ? { type: 'text', value: part.text } : { type: 'image', value: part.image },
    ),
  };
}

/** @param api stands in for the browser's `LanguageModel` in tests */
export function createPromptApiBackend(api: LanguageModelApi | null = ownApi()): Backend {
  return new PromptApiBackend(api);
}

class PromptApiBackend implements Backend {
  readonly #api: LanguageModelApi | null;
  #info: Promise<ModelInfo> | null = null;

  constructor(api: LanguageModelApi | null) {
    this.#api = api;
  }

  load(options: LoadOptions = {}): Promise<ModelInfo> {
    if (options.signal?.aborted) return Promise.reject(new AppError('cancelled', 'Stopped.'));
    this.#info ??= this.#prepare(options).catch((thrown: unknown) => {
      this.#info = null; // a failed load is not remembered
      throw meaning(thrown);
    });
    return this.#info;
  }

  async *chat(request: ChatRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<ChatEvent> {
    const clock = new AnswerClock();
    let session: LanguageModelSession | null = null;
    try {
      if (request.messages.at(-1)?.role !== 'user')
        throw new AppError('request-invalid', 'The conversation must end with a question.');
      await this.load(signal ? { signal } : {});
      signal?.throwIfAborted();
      yield { type: 'phase', phase: 'prefill' };
      const prompts = request.messages.map(promptOf);
      // A session of its own for each answer: the whole conversation comes with each request.
      session = await this.#create({ initialPrompts: prompts.slice(0, -1), ...(signal ? { signal } : {}) });
      clock.images();
      const stream = session.promptStreaming(prompts.slice(-1), signal ? { signal } : {});
      for await (const text of read(stream)) {
        if (text === '') continue;
        if (clock.token()) yield { type: 'phase', phase: 'decode' };
        yield { type: 'text', text };
      }
      yield clock.done('stop');
    } catch (thrown) {
      if (!signal?.aborted) throw meaning(thrown);
      yield clock.done('cancelled');
    } finally {
      session?.destroy();
    }
  }

  /** Its sessions begin with the whole conversation. */
  async prepare(): Promise<void> {}

  async measure(): Promise<number> {
    throw new AppError('request-invalid', "The browser's model does not say how many tokens something takes.");
  }

  /** The browser keeps its model by itself. */
  async deleteStored(): Promise<void> {}

  async dispose(): Promise<void> {
    this.#info = null;
  }

  #create(options: Omit<CreateOptions, keyof Expected>): Promise<LanguageModelSession> {
    if (!this.#api) throw unavailable();
    const { initialPrompts, ...rest } = options;
    const prompts = initialPrompts && initialPrompts.length > 0 ? { initialPrompts } : {};
    return this.#api.create({ ...EXPECTED, ...prompts, ...rest });
  }

  /** One session to make the browser fetch its model and to learn how much it reads. */
  async #prepare({ signal, onProgress }: LoadOptions): Promise<ModelInfo> {
    const report = (step: 'download' | 'prepare', share: number): void =>
      onProgress?.({ step, loaded_bytes: Math.round(share * WHOLE), total_bytes: WHOLE, network_bytes: 0 });
    if ((await promptApiAvailability(this.#api)) === 'unavailable') throw unavailable();
    report('prepare', 0);
    const session = await this.#create({
      ...(signal ? { signal } : {}),
      monitor: (monitor) =>
        monitor.addEventListener('downloadprogress', (event) =>
          report('download', Number((event as Event & { loaded?: number }).loaded ?? 0)),
        ),
    });
    const { inputQuota = 0 } = session;
    session.destroy();
    return {
      id: 'browser',
      name: 'The browser’s own model',
      variant: 'built in',
      device: 'browser',
      reasons: [
        { reason: 'browserModel', values: {} },
        { reason: 'browserOptions', values: {} },
      ],
      threads: 0,
      max_length: inputQuota,
      bytes: 0,
      self_test_error: null,
      stored: true,
      capabilities: { prepare: false, measure: false, keeps_weights: false },
    };
  }
}

/** A stream's pieces; leaving early cancels it. Not every browser iterates over streams itself. */
async function* read(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel().catch(() => {
      // Broken already; what broke it was thrown above.
    });
  }
}
