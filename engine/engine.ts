/** A conversation with images → a stream of answer events, computed by one loaded model. */
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../contract/chat.ts';
import { asAppError } from '../contract/errors.ts';
import type { ModelFiles, Variant } from '../contract/manifest.ts';
import type { Resume } from '../contract/protocol.ts';
import { AdapterSwitch } from './adapter.ts';
import { AnswerForms } from './answer-forms.ts';
import { ContentNames, type Digest } from './content-hash.ts';
import { type LoadedParts, type LoadPartsOptions, loadParts } from './load.ts';
import { singleCropLayout } from '../image/layout.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { preprocess } from '../image/preprocess.ts';
import {
  buildPrompt,
  type Prompt,
  type PromptShape,
  readTurns,
  renderPrompt,
  toConversation,
} from './preprocessor/prompt.ts';
import { commonPrefix } from './kv-cache.ts';
import { Queue } from './queue.ts';
import type { Runtime } from './runtime.ts';
import { type Progress, readOptions } from './options.ts';
import { decodeLoop } from './decode-loop.ts';

/** Encoded image → pixels. Throws `image-unsupported`, `image-broken`, `image-too-large`. */
export type DecodeImage = (image: Blob, signal?: AbortSignal) => Promise<RgbaImage>;

export interface EngineOptions extends LoadPartsOptions {
  files: ModelFiles;
  variant: Variant;
  runtime: Runtime;
  decode: DecodeImage;
  /** Names the contents of images. @default SHA-256 of the platform */
  digest?: Digest;
}

/** Two questions that begin differently: what prompts with them share is there before the question is. */
const ANY_QUESTIONS = ['a', '1'];

function newProgress(): Progress {
  return {
    started: performance.now(),
    timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
    usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
  };
}

/** The part of the context that stays free for the answer, whatever was said before. */
const ANSWER_SHARE = 1 / 8;

export class Engine {
  readonly parts: LoadedParts;
  readonly #decode: DecodeImage;
  readonly #names: ContentNames;
  readonly #adapter: AdapterSwitch;
  readonly #forms: AnswerForms;
  readonly #queue = new Queue();

  private constructor(parts: LoadedParts, { files, decode, digest }: EngineOptions) {
    this.parts = parts;
    this.#adapter = new AdapterSwitch(files, parts);
    this.#forms = new AnswerForms(parts);
    this.#decode = decode;
    this.#names = new ContentNames(digest);
  }

  /** Loads and proves a model; see `loadParts` for the errors. */
  static async load(options: EngineOptions): Promise<Engine> {
    const parts = await loadParts(options.files, options.variant, options.runtime, options);
    return new Engine(parts, options);
  }

  /**
   * Answers the last message; requests wait for each other. Aborting `signal` ends the stream with a `done` event whose
   * reason is `cancelled`; other failures are thrown as AppError and leave the engine usable. With `resume` the answer
   * goes on behind what was shown before another engine broke off; the request has to be the same, seed included.
   */
  async *answer(request: ChatRequest, signal?: AbortSignal, resume?: Resume): AsyncGenerator<ChatEvent, void, void> {
    const progress = newProgress();
    let leave = () => {};
    try {
      leave = await this.#queue.enter(signal);
      yield* this.#respond(request, progress, signal, resume);
    } catch (thrown) {
      if (!signal?.aborted) throw asAppError(thrown);
      yield { type: 'done', finish_reason: 'cancelled', usage: progress.usage, timings: progress.timings };
    } finally {
      leave();
    }
  }

  /**
   * Encodes the images of a conversation whose last question is still being typed, and reads what stands before it: whole
   * prefill runs only, so that an answer's runs are cut as they are without this. Throws what an answer would throw.
   */
  async prepare({ messages, adapter }: NextQuestion, signal?: AbortSignal): Promise<void> {
    const leave = await this.#queue.enter(signal);
    try {
      const images = await this.#identify({ messages });
      const prompts = ANY_QUESTIONS.map((text) => {
        const question: Message = { role: 'user', content: [{ type: 'text', text }] };
        return this.#buildPrompt({ messages: [...messages, question] }, images, 1);
      }) as [Prompt, Prompt];
      const [prompt, other] = prompts;
      await this.#adapter.use(adapter ?? null, signal);
      const seeing = prompt.images.map((number) => this.#see(number, prompt, images, newProgress(), signal));
      for (const steps of seeing) for await (const _ of steps);
      const known = prompt.ids.slice(0, commonPrefix(prompt.ids, other.ids));
      const { cache, language } = this.parts;
      const from = cache.shared(known);
      const whole = Math.floor((known.length - from) / language.chunk) * language.chunk;
      if (whole > 0) await this.#prefill(known.slice(0, from + whole), newProgress(), signal);
    } catch (thrown) {
      throw asAppError(thrown);
    } finally {
      leave();
    }
  }

  /** Tokens that these messages fill, images included, whether they fit or not. Throws `request-invalid`. */
  measure(messages: Message[]): number {
    const conversation = readTurns(messages, () => 0);
    // No image is looked at for this: every one counts as the preprocessor's usual.
    const layout = singleCropLayout(this.parts.manifest.processor);
    const shape = { ...this.#shape, layoutOf: () => layout, firstIdOf: () => 0 };
    return renderPrompt(conversation, shape, this.parts.tokenizer).length;
  }

  /** Frees sessions and memory after the running answer. */
  async dispose(): Promise<void> {
    await this.#queue.run(() => this.parts.runtime.dispose());
  }

  async *#respond(
    request: ChatRequest,
    progress: Progress,
    signal?: AbortSignal,
    resume?: Resume,
  ): AsyncGenerator<ChatEvent, void, void> {
    const options = readOptions(request, this.parts.manifest.generation);
    const images = await this.#identify(request);
    const prompt = this.#buildPrompt(request, images, options.maxTokens);
    progress.usage.prompt_tokens = prompt.ids.length;
    if (prompt.droppedTurns > 0) progress.usage.dropped_turns = prompt.droppedTurns;
    const constraint = options.schema === null ? null : await this.#forms.constrain(options.schema);
    await this.#adapter.use(request.adapter ?? null, signal);
    for (const number of prompt.images) yield* this.#see(number, prompt, images, progress, signal);
    yield { type: 'phase', phase: 'prefill' };
    await this.#prefill([...prompt.ids, ...(resume?.token_ids ?? [])], progress, signal);
    yield { type: 'phase', phase: 'decode' };
    const context = { constraint, progress, resume, signal };
    const guard = <T>(task: () => Promise<T>): Promise<T> => this.#guard(task, signal);
    const finish_reason = yield* decodeLoop(this.parts, prompt.ids, options, context, guard);
    yield { type: 'done', finish_reason, usage: progress.usage, timings: progress.timings };
  }

  /** The images of a request by their number; equal bytes have equal numbers. */
  async #identify({ messages }: ChatRequest): Promise<Map<Blob, number>> {
    const numbers = new Map<Blob, number>();
    for (const message of Array.isArray(messages) ? messages : []) {
      for (const part of Array.isArray(message?.content) ? message.content : []) {
        if (part?.type === 'image' && part.image instanceof Blob)
          numbers.set(part.image, this.parts.vision.numberOf(await this.#names.nameOf(part)));
      }
    }
    return numbers;
  }

  #buildPrompt(request: ChatRequest, images: Map<Blob, number>, maxTokens: number): Prompt {
    const { manifest, tokenizer } = this.parts;
    const conversation = toConversation(request.messages, (image) => images.get(image)!);
    const { max_length } = manifest.limits;
    const reserved = Math.min(maxTokens, Math.ceil(max_length * ANSWER_SHARE));
    return buildPrompt(conversation, this.#shape, tokenizer, max_length - reserved);
  }

  get #shape(): PromptShape {
    const { manifest, vision } = this.parts;
    return {
      template: manifest.prompt,
      layoutOf: (number) => vision.layoutOf(number),
      firstIdOf: (number) => vision.firstIdOf(number),
      max_images: manifest.limits.max_images ?? Number.POSITIVE_INFINITY,
    };
  }

  /** Makes sure that the features of one image are at hand. */
  async *#see(
    number: number,
    prompt: Prompt,
    images: Map<Blob, number>,
    { timings }: Progress,
    signal?: AbortSignal,
  ): AsyncGenerator<ChatEvent, void, void> {
    const { vision, runtime, manifest } = this.parts;
    if (vision.has(number)) return;
    const image = [...images].find(([, candidate]) => candidate === number)![0];
    yield { type: 'phase', phase: 'image' };
    signal?.throwIfAborted();
    const decodeStarted = performance.now();
    const { crops } = preprocess(await this.#decode(image, signal), manifest.processor);
    timings.image += performance.now() - decodeStarted;
    yield { type: 'phase', phase: 'vision' };
    await runtime.pause();
    signal?.throwIfAborted();
    const visionStarted = performance.now();
    await vision.encode(number, crops, prompt.images);
    const { duration } = performance.measure('vision', { start: visionStarted });
    timings.vision += duration;
  }

  /** Runs what the KV cache does not hold yet. */
  async #prefill(ids: readonly number[], { timings, usage }: Progress, signal?: AbortSignal): Promise<void> {
    const { cache, language, runtime } = this.parts;
    await runtime.pause();
    signal?.throwIfAborted();
    const started = performance.now();
    usage.cached_tokens = cache.reuse(ids);
    await this.#guard(() => language.prefill(ids.slice(usage.cached_tokens), signal), signal);
    timings.prefill = performance.now() - started;
  }

  /** A graph run that failed leaves the KV cache in an unknown state: forget it, so that the next answer is right. */
  async #guard<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await task();
    } catch (thrown) {
      if (!signal?.aborted || thrown !== signal.reason) this.parts.cache.clear();
      throw thrown;
    }
  }
}
