/** A request and a loaded hub model → the events of one answer. */
import { BaseStreamer, InterruptableStoppingCriteria, type PreTrainedModel } from '@huggingface/transformers';
import type { ChatEvent, ChatRequest, FinishReason, ImagePart, Message, Timings, Usage } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';
import type { ContentNames } from '../engine/content-hash.ts';
import { Detokeniser, StopStrings } from '../engine/detokenise.ts';
import type { DecodeImage } from '../engine/engine.ts';
import { type AnswerOptions, readOptions } from '../engine/options.ts';
import { letEventsRun } from '../runtime/events.ts';
import type { VisionCache } from './features.ts';
import type { HubModel, OpenModel } from './hub-model.ts';
import { type Inputs, modelInputs, toRawImage } from './inputs.ts';
import { buildPrompt, withoutOldest } from './messages.ts';
import { pickers } from './picker.ts';

/** Part of the context that stays free for the answer. */
const ANSWER_SHARE = 1 / 8;

/** A hub model that has proven itself, and what it answers with. */
export interface ReadyModel {
  loaded: HubModel;
  vision: VisionCache;
  decode: DecodeImage;
  names: ContentNames;
  /** Whether images may be cut into tiles. */
  tiles: boolean;
}

type Send = (event: ChatEvent) => void;

interface Prepared {
  inputs: Inputs;
  promptTokens: number;
  droppedTurns: number;
}

async function imagesKey(images: readonly ImagePart[], names: ContentNames, tiles: boolean): Promise<string> {
  if (images.length === 0) return '';
  return [tiles, ...(await Promise.all(images.map((image) => names.nameOf(image))))].join();
}

/** Tensors of the conversation, without its oldest turns where it is longer than the model can read. */
async function prepare(
  request: ChatRequest,
  ready: ReadyModel,
  onVision: (milliseconds: number | null) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  const { loaded, decode, names, tiles } = ready;
  const room = loaded.maxLength === 0 ? Number.POSITIVE_INFINITY : Math.floor(loaded.maxLength * (1 - ANSWER_SHARE));
  const decoded = new Map<Blob, Awaited<ReturnType<DecodeImage>>>();
  let messages: readonly Message[] = request.messages;
  for (let droppedTurns = 0; ; droppedTurns++) {
    const { text, images } = buildPrompt(messages, loaded.template);
    for (const { image } of images) if (!decoded.has(image)) decoded.set(image, await decode(image, signal));
    const { processorClass, template } = loaded;
    const raw = images.map(({ image }) => toRawImage(decoded.get(image)!));
    ready.vision.see(await imagesKey(images, names, tiles), onVision);
    const inputs = await modelInputs(loaded, text, raw, {
      processorClass,
      imageToken: template.imageToken,
      tiles,
    });
    signal.throwIfAborted();
    const promptTokens = inputs['input_ids']?.dims.at(-1) ?? 0;
    if (promptTokens <= room) return { inputs, promptTokens, droppedTurns };
    const shorter = withoutOldest(messages);
    if (shorter === null) {
      throw new AppError(
        'context-full',
        `The question takes ${promptTokens} tokens; this model can read ${room} and still answer.`,
        { prompt_tokens: promptTokens, max_length: loaded.maxLength },
      );
    }
    messages = shorter;
  }
}

/** Token ids of the library → text events, until a stop string. */
class AnswerStreamer extends BaseStreamer {
  readonly ids: number[] = [];
  readonly #detokeniser: Detokeniser;
  readonly #stops: StopStrings;
  readonly #say: (text: string) => void;
  readonly #onToken: (first: boolean) => void;
  readonly #stop: () => void;
  #promptSeen = false;

  constructor(
    { tokenizer }: HubModel,
    stop: string[],
    on: { text: (text: string) => void; token: (first: boolean) => void; stop: () => void },
  ) {
    super();
    // Nothing but special tokens decodes to nothing; the library refuses to decode no tokens at all.
    const decode = (ids: readonly number[]): string =>
      ids.length === 0 ? '' : tokenizer.decode([...ids], { skip_special_tokens: true });
    this.#detokeniser = new Detokeniser({ decode });
    this.#stops = new StopStrings(stop);
    this.#say = on.text;
    this.#onToken = on.token;
    this.#stop = on.stop;
  }

  get stopped(): boolean {
    return this.#stops.stopped;
  }

  override put(value: bigint[][]): void {
    if (!this.#promptSeen) {
      this.#promptSeen = true;
      return;
    }
    const id = Number(value[0]?.[0] ?? 0);
    this.ids.push(id);
    this.#onToken(this.ids.length === 1);
    this.#utter(this.#stops.push(this.#detokeniser.push(id)));
    if (this.stopped) this.#stop();
  }

  override end(): void {
    this.#utter(this.#stops.push(this.#detokeniser.flush()));
    this.#utter(this.#stops.flush());
  }

  #utter(text: string): void {
    if (text !== '') this.#say(text);
  }
}

type Generate = (options: Record<string, unknown>) => Promise<unknown>;

/** Ends with a `done` event also when `signal` is aborted. Throws AppError, or what the library throws. */
export async function answerWith(
  ready: ReadyModel,
  request: ChatRequest,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const timings: Timings = { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 };
  const usage: Usage = { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 };
  const finish = (finish_reason: FinishReason): void => send({ type: 'done', finish_reason, usage, timings });
  const options = readOptions(request, { max_tokens: ready.loaded.maxTokens });
  if (options.schema !== null)
    throw new AppError('request-invalid', 'Hub models cannot keep to a form. Leave response_format out.');
  try {
    send({ type: 'phase', phase: 'image' });
    const onVision = (milliseconds: number | null): void => {
      if (milliseconds === null) send({ type: 'phase', phase: 'vision' });
      else timings.vision += milliseconds;
    };
    const prepared = await prepare(request, ready, onVision, signal);
    timings.image = performance.now() - started - timings.vision;
    usage.prompt_tokens = prepared.promptTokens;
    if (prepared.droppedTurns > 0) usage.dropped_turns = prepared.droppedTurns;
    finish(await decodeLoop(ready, prepared, options, { send, signal, started, timings, usage }));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    finish('cancelled');
  }
}

interface Course {
  send: Send;
  signal: AbortSignal;
  started: number;
  timings: Timings;
  usage: Usage;
}

async function decodeLoop(
  ready: ReadyModel,
  prepared: Prepared,
  options: AnswerOptions,
  course: Course,
): Promise<FinishReason> {
  const { loaded } = ready;
  const { send, signal, started, timings, usage } = course;
  const stopping = new InterruptableStoppingCriteria();
  const streamer = new AnswerStreamer(loaded, options.stop, {
    text: (text) => send({ type: 'text', text }),
    token: (first) => {
      const now = performance.now() - started;
      usage.completion_tokens += 1;
      if (first) {
        timings.first_token = now;
        timings.prefill = now - timings.image - timings.vision;
        send({ type: 'phase', phase: 'decode' });
      }
      timings.decode = now - timings.first_token;
    },
    stop: () => stopping.interrupt(),
  });
  send({ type: 'phase', phase: 'prefill' });
  const room = loaded.maxLength === 0 ? options.maxTokens : loaded.maxLength - prepared.promptTokens;
  const limit = Math.min(options.maxTokens, room);
  await generate(loaded.model, {
    ...prepared.inputs,
    max_new_tokens: limit,
    // The model's own settings for sampling are put out of force: the picker decides.
    do_sample: false,
    repetition_penalty: 1,
    logits_processor: pickers(options.sampling),
    stopping_criteria: stopping,
    streamer,
    step: async () => {
      await letEventsRun(); // between tokens the library only awaits promises
      signal.throwIfAborted();
    },
  });
  if (signal.aborted) return 'cancelled';
  const ended = streamer.stopped || loaded.stopIds.has(streamer.ids.at(-1) ?? -1);
  return ended || streamer.ids.length < limit ? 'stop' : 'length';
}

/** `generate` of the library with a pause before each of its steps. */
export async function generate(
  model: PreTrainedModel,
  { step, ...options }: Record<string, unknown> & { step: () => Promise<void> },
): Promise<void> {
  const open = model as unknown as OpenModel & { generate: Generate };
  const forward = open.forward;
  open.forward = async (inputs) => {
    await step();
    return forward.call(open, inputs);
  };
  try {
    await open.generate(options);
  } finally {
    open.forward = forward;
  }
}
