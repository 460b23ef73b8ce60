/** A conversation with pictures → a stream of answer events, computed by one loaded model. */
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import type { ModelFiles, Variant } from '../../contract/manifest.ts';
import type { Resume } from '../../contract/protocol.ts';
import { AdapterSwitch } from './adapter.ts';
import { contentHash } from './content-hash.ts';
import { toVocabulary } from './grammar.ts';
import type { AnswerConstraint } from './json-schema/constraint.ts';
import type { Json } from './json-schema/keywords.ts';
import type { TokenTable } from './json-schema/token-mask.ts';
import { type LoadedParts, type LoadPartsOptions, loadParts } from './load.ts';
import { pixelValues, type RgbaImage } from './processor/image.ts';
import {
  buildPrompt,
  type Prompt,
  type PromptShape,
  readTurns,
  renderPrompt,
  toConversation,
} from './processor/prompt.ts';
import { commonPrefix } from './kv-cache.ts';
import { Queue } from './queue.ts';
import type { Runtime } from './runtime.ts';
import { type Progress, readOptions } from './options.ts';
import { speak } from './speak.ts';

/** Encoded picture → pixels. Throws `image-unsupported`, `image-broken`, `image-too-large`. */
export type DecodeImage = (image: Blob, signal?: AbortSignal) => Promise<RgbaImage>;

export interface EngineOptions extends LoadPartsOptions {
  files: ModelFiles;
  variant: Variant;
  runtime: Runtime;
  decode: DecodeImage;
}

/** Loaded with the first answer in a form: most people ask for none. */
async function loadForms() {
  try {
    return await import('./json-schema/forms.ts');
  } catch (cause) {
    const message = 'The part that keeps answers in a form could not be loaded. Reload the page while online.';
    throw new AppError('backend-failed', message, {}, cause);
  }
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
  readonly #adapter: AdapterSwitch;
  readonly #queue = new Queue();
  /** Made for the first answer in a form. */
  #tokens: TokenTable | null = null;

  private constructor(parts: LoadedParts, { files, decode }: EngineOptions) {
    this.parts = parts;
    this.#adapter = new AdapterSwitch(files, parts);
    this.#decode = decode;
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
   * Encodes the pictures of a conversation whose last question is still being typed, and reads what stands before it: whole
   * prefill runs only, so that an answer's runs are cut as they are without this. Throws what an answer would throw.
   */
  async prepare({ messages, adapter }: NextQuestion, signal?: AbortSignal): Promise<void> {
    const leave = await this.#queue.enter(signal);
    try {
      const pictures = await this.#identify({ messages });
      const prompts = ANY_QUESTIONS.map((text) => {
        const question: Message = { role: 'user', content: [{ type: 'text', text }] };
        return this.#buildPrompt({ messages: [...messages, question] }, pictures, 1);
      }) as [Prompt, Prompt];
      const [prompt, other] = prompts;
      await this.#adapter.use(adapter ?? null, signal);
      const seeing = prompt.images.map((number) => this.#see(number, prompt, pictures, newProgress(), signal));
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

  /** Tokens that these messages fill, pictures included, whether they fit or not. Throws `request-invalid`. */
  measure(messages: Message[]): number {
    return renderPrompt(
      readTurns(messages, () => 0),
      this.#shape,
      this.parts.tokenizer,
    ).length;
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
    const pictures = await this.#identify(request);
    const prompt = this.#buildPrompt(request, pictures, options.maxTokens);
    progress.usage.prompt_tokens = prompt.ids.length;
    if (prompt.droppedTurns > 0) progress.usage.dropped_turns = prompt.droppedTurns;
    const constraint = options.schema === null ? null : await this.#constrain(options.schema);
    await this.#adapter.use(request.adapter ?? null, signal);
    for (const number of prompt.images) yield* this.#see(number, prompt, pictures, progress, signal);
    yield { type: 'phase', phase: 'prefill' };
    await this.#prefill([...prompt.ids, ...(resume?.token_ids ?? [])], progress, signal);
    yield { type: 'phase', phase: 'decode' };
    const context = { constraint, progress, resume, signal };
    const finish_reason = yield* speak(this.parts, prompt.ids, options, context, (task) => this.#guard(task, signal));
    yield { type: 'done', finish_reason, usage: progress.usage, timings: progress.timings };
  }

  /** Throws `request-invalid` for a schema that cannot be kept. */
  async #constrain(schema: Json): Promise<AnswerConstraint> {
    const { AnswerForm, AnswerConstraint, TokenTable } = await loadForms();
    const form = new AnswerForm(schema);
    const { manifest, tokenizer } = this.parts;
    this.#tokens ??= new TokenTable(toVocabulary(tokenizer, manifest));
    return new AnswerConstraint(form, this.#tokens);
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
    const { max_length } = manifest.limits;
    const reserved = Math.min(maxTokens, Math.ceil(max_length * ANSWER_SHARE));
    return buildPrompt(conversation, this.#shape, tokenizer, max_length - reserved);
  }

  get #shape(): PromptShape {
    const { prompt, architecture, processor, limits } = this.parts.manifest;
    return {
      template: prompt,
      vocab_size: architecture.vocab_size,
      image_tokens: processor.image_tokens,
      max_images: limits.max_images ?? Number.POSITIVE_INFINITY,
    };
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
