/** A conversation with pictures → a stream of answer events, computed by one loaded model. */
import type { ChatEvent, ChatRequest, FinishReason, Timings, Usage } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import type { ModelFiles, Variant } from '../../contract/manifest.ts';
import { Detokeniser, StopStrings } from './detokenise.ts';
import { generate } from './generate.ts';
import { type LoadedParts, type LoadPartsOptions, loadParts } from './load.ts';
import { pixelValues, type RgbaImage } from './processor/image.ts';
import { buildPrompt, type Prompt, toConversation } from './processor/prompt.ts';
import { Queue } from './queue.ts';
import type { Runtime } from './runtime.ts';
import { type Sampling, seededRandom, toSampling } from './sampler.ts';

/** Encoded picture → pixels. Throws `image-unsupported`, `image-broken`, `image-too-large`. */
export type DecodeImage = (image: Blob, signal?: AbortSignal) => Promise<RgbaImage>;

export interface EngineOptions extends LoadPartsOptions {
  files: ModelFiles;
  variant: Variant;
  runtime: Runtime;
  decode: DecodeImage;
}

interface AnswerOptions {
  sampling: Sampling;
  maxTokens: number;
  stop: string[];
}

/** What an answer has used so far; reported when it ends, also when it was stopped half way. */
interface Progress {
  started: number;
  timings: Timings;
  usage: Usage;
}

/** The part of the context that stays free for the answer, whatever was said before. */
const ANSWER_SHARE = 1 / 8;

export class Engine {
  readonly parts: LoadedParts;
  readonly #decode: DecodeImage;
  readonly #queue = new Queue();

  private constructor(parts: LoadedParts, decode: DecodeImage) {
    this.parts = parts;
    this.#decode = decode;
  }

  /** Loads and proves a model; see `loadParts` for the errors. */
  static async load(options: EngineOptions): Promise<Engine> {
    const parts = await loadParts(options.files, options.variant, options.runtime, options);
    return new Engine(parts, options.decode);
  }

  /**
   * Answers the last message; requests wait for each other. Aborting `signal` ends the stream with a `done` event whose
   * reason is `cancelled`; other failures are thrown as AppError and leave the engine usable.
   */
  async *answer(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatEvent, void, void> {
    const progress: Progress = {
      started: performance.now(),
      timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
      usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
    };
    let leave = () => {};
    try {
      leave = await this.#queue.enter(signal);
      yield* this.#respond(request, progress, signal);
    } catch (thrown) {
      if (!signal?.aborted) throw asAppError(thrown);
      yield { type: 'done', finish_reason: 'cancelled', usage: progress.usage, timings: progress.timings };
    } finally {
      leave();
    }
  }

  /** Frees sessions and memory after the running answer. */
  async dispose(): Promise<void> {
    await this.#queue.run(() => this.parts.runtime.dispose());
  }

  async *#respond(
    request: ChatRequest,
    progress: Progress,
    signal?: AbortSignal,
  ): AsyncGenerator<ChatEvent, void, void> {
    const options = this.#readOptions(request);
    const pictures = await this.#identify(request);
    const prompt = this.#buildPrompt(request, pictures, options.maxTokens);
    progress.usage.prompt_tokens = prompt.ids.length;
    if (prompt.droppedTurns > 0) progress.usage.dropped_turns = prompt.droppedTurns;
    for (const number of prompt.images) yield* this.#see(number, prompt, pictures, progress, signal);
    yield { type: 'phase', phase: 'prefill' };
    await this.#prefill(prompt, progress, signal);
    yield { type: 'phase', phase: 'decode' };
    const finish_reason = yield* this.#speak(prompt, options, progress, signal);
    yield { type: 'done', finish_reason, usage: progress.usage, timings: progress.timings };
  }

  #readOptions(request: ChatRequest): AnswerOptions {
    const { generation } = this.parts.manifest;
    const maxTokens = request.max_tokens ?? generation.max_tokens;
    if (!Number.isInteger(maxTokens) || maxTokens < 1) {
      throw new AppError('request-invalid', 'max_tokens has to be a whole number from 1 on.', {});
    }
    const stop = request.stop ?? [];
    if (!Array.isArray(stop) || stop.some((text) => typeof text !== 'string')) {
      throw new AppError('request-invalid', 'stop has to be a list of strings.', {});
    }
    return { sampling: toSampling(request, generation), maxTokens, stop };
  }

  /** The pictures of a request by their number; equal bytes have equal numbers. */
  async #identify({ messages }: ChatRequest): Promise<Map<Blob, number>> {
    const numbers = new Map<Blob, number>();
    for (const message of Array.isArray(messages) ? messages : []) {
      for (const part of Array.isArray(message?.content) ? message.content : []) {
        if (part?.type === 'image' && part.image instanceof Blob)
          numbers.set(part.image, this.parts.vision.numberOf(await contentHash(part.image)));
      }
    }
    return numbers;
  }

  #buildPrompt(request: ChatRequest, pictures: Map<Blob, number>, maxTokens: number): Prompt {
    const { manifest, tokenizer } = this.parts;
    const conversation = toConversation(request.messages, (image) => pictures.get(image)!);
    const shape = {
      template: manifest.prompt,
      vocab_size: manifest.architecture.vocab_size,
      image_tokens: manifest.processor.image_tokens,
      max_images: manifest.limits.max_images ?? Number.POSITIVE_INFINITY,
    };
    const { max_length } = manifest.limits;
    const reserved = Math.min(maxTokens, Math.ceil(max_length * ANSWER_SHARE));
    return buildPrompt(conversation, shape, tokenizer, max_length - reserved);
  }

  /** Makes sure that the features of one picture are at hand. */
  async *#see(
    number: number,
    prompt: Prompt,
    pictures: Map<Blob, number>,
    { timings }: Progress,
    signal?: AbortSignal,
  ): AsyncGenerator<ChatEvent, void, void> {
    const { vision, runtime, manifest } = this.parts;
    if (vision.has(number)) return;
    const image = [...pictures].find(([, candidate]) => candidate === number)![0];
    yield { type: 'phase', phase: 'image' };
    signal?.throwIfAborted();
    const decodeStarted = performance.now();
    const pixel_values = pixelValues(await this.#decode(image, signal), manifest.processor);
    timings.image += performance.now() - decodeStarted;
    yield { type: 'phase', phase: 'vision' };
    await runtime.pause();
    signal?.throwIfAborted();
    const visionStarted = performance.now();
    await vision.encode(number, pixel_values, prompt.images);
    timings.vision += performance.now() - visionStarted;
  }

  /** Runs what the KV cache does not hold yet. */
  async #prefill(prompt: Prompt, { timings, usage }: Progress, signal?: AbortSignal): Promise<void> {
    const { cache, language, runtime } = this.parts;
    await runtime.pause();
    signal?.throwIfAborted();
    const started = performance.now();
    usage.cached_tokens = cache.reuse(prompt.ids);
    await this.#guard(() => language.prefill(prompt.ids.slice(usage.cached_tokens), signal), signal);
    timings.prefill = performance.now() - started;
  }

  /** Generates and turns ids into text events. */
  async *#speak(
    prompt: Prompt,
    { sampling, maxTokens, stop }: AnswerOptions,
    progress: Progress,
    signal?: AbortSignal,
  ): AsyncGenerator<ChatEvent, FinishReason, void> {
    const { tokenizer, manifest, runtime, language } = this.parts;
    const detokeniser = new Detokeniser(tokenizer);
    const stops = new StopStrings(stop);
    const seed = sampling.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    const ids = generate(runtime, language, {
      sampling,
      random: seededRandom(seed),
      stopIds: manifest.prompt.stop_ids,
      maxTokens: Math.min(maxTokens, manifest.limits.max_length - prompt.ids.length),
      promptIds: prompt.ids.filter((id) => id < manifest.architecture.vocab_size),
      signal,
    });
    const { timings, usage } = progress;
    for (;;) {
      const { value, done } = await this.#guard(() => ids.next(), signal);
      if (usage.completion_tokens === 0) timings.first_token = performance.now() - progress.started;
      timings.decode = performance.now() - progress.started - timings.first_token;
      const text = stops.push(done ? detokeniser.flush() : detokeniser.push(value));
      if (!done) usage.completion_tokens++;
      if (text !== '') yield { type: 'text', text };
      if (stops.stopped) return 'stop';
      if (!done) continue;
      const rest = stops.flush();
      if (rest !== '') yield { type: 'text', text: rest };
      return value;
    }
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

/** No camera writes larger files, and a larger one might not fit in memory twice. */
const MAX_IMAGE_BYTES = 256 * 1024 * 1024;

/** Hex SHA-256 of the encoded bytes: two uploads of one file are one picture. */
async function contentHash(image: Blob): Promise<string> {
  if (image.size > MAX_IMAGE_BYTES) {
    const message = 'This picture file is too large to be opened here. Add a smaller copy.';
    throw new AppError('image-too-large', message, { bytes: image.size, max_bytes: MAX_IMAGE_BYTES });
  }
  let bytes: ArrayBuffer;
  try {
    bytes = await image.arrayBuffer();
  } catch (cause) {
    const message = 'The picture can no longer be read. It may have been moved or changed; add it again.';
    throw new AppError('image-broken', message, { bytes: image.size ?? 0 }, cause);
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
