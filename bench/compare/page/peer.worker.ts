/** @huggingface/transformers with the same model in its own layout, used as its documentation shows. */
import {
  AutoModelForImageTextToText,
  AutoProcessor,
  BaseStreamer,
  DynamicCache,
  env,
  type PreTrainedModel,
  type Processor,
  RawImage,
  Tensor,
} from '@huggingface/transformers';
import { expose } from 'comlink';
import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { allowOwnScripts } from '../../../workers/trusted-scripts.ts';
import { type Answer, type Chatting, CONVERSATION, offerThreads, plainPixels } from './contender.ts';

allowOwnScripts();

export interface Peer extends Chatting {
  /** The same follow-up with the caches of the first question kept by hand. */
  followUpOnKeptCache(picture: Blob): Promise<Answer>;
}

interface Loaded {
  model: PreTrainedModel;
  processor: Processor;
}
let loaded: Loaded;
let kept = new DynamicCache();

/** Notes when ids arrive: first the prompt, then one by one. */
class Clock extends BaseStreamer {
  readonly times: number[] = [];
  override put(): void {
    this.times.push(performance.now());
  }
  override end(): void {}
}

const row = (ids: readonly number[]): Tensor => new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);

type Turn = { role: string; content: unknown };

const FIRST: Turn[] = [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: CONVERSATION.first }] }];
const BOTH: Turn[] = [
  ...FIRST,
  { role: 'assistant', content: CONVERSATION.answer },
  { role: 'user', content: CONVERSATION.second },
];

async function prepare(turns: Turn[], picture: Blob) {
  const { processor } = loaded;
  const text = processor.apply_chat_template(turns as never, { add_generation_prompt: true });
  return processor(await RawImage.fromBlob(picture), text);
}

/** From the picture and the question to the first token. */
async function ask(turns: Turn[], picture: Blob, cache?: DynamicCache): Promise<Answer> {
  const started = performance.now();
  const inputs = await prepare(turns, picture);
  await loaded.model.generate({ ...inputs, max_new_tokens: 1, ...(cache ? { past_key_values: cache } : {}) });
  return { ms: performance.now() - started, prompt_tokens: inputs.input_ids.dims[1] };
}

const peer: Peer = {
  async load({ models, model, threads }) {
    offerThreads(threads);
    const started = performance.now();
    env.allowLocalModels = false;
    env.remoteHost = models;
    env.remotePathTemplate = '{model}/';
    // The runtime lies on this server instead of on a public one; where it comes from is no part of the comparison.
    env.useWasmCache = false;
    const { wasm } = env.backends.onnx;
    if (!wasm) throw new Error('The library has no wasm backend here.');
    wasm.wasmPaths = { mjs: new URL(glueUrl, location.href).href, wasm: new URL(wasmUrl, location.href).href };
    const id = `peer/${model}`;
    const [processor, loadedModel] = await Promise.all([
      AutoProcessor.from_pretrained(id),
      AutoModelForImageTextToText.from_pretrained(id, { device: 'wasm', dtype: 'q8' }),
    ]);
    loaded = { model: loadedModel, processor };
    const ms = performance.now() - started;
    const { numThreads } = wasm;
    return { ms, threads: typeof numThreads === 'number' && numThreads > 0 ? numThreads : 1 };
  },

  async encode() {
    const side = (loaded.model.config as unknown as { vision_config: { image_size: number } }).vision_config.image_size;
    const pixel_values = new Tensor('float32', plainPixels(side), [1, 3, side, side]);
    const started = performance.now();
    await loaded.model.encode_image({ pixel_values });
    return performance.now() - started;
  },

  firstQuestion(picture) {
    kept = new DynamicCache();
    return ask(FIRST, picture, kept);
  },

  followUp(picture) {
    return ask(BOTH, picture);
  },

  async followUpOnKeptCache() {
    const started = performance.now();
    const { tokenizer, config } = loaded.processor as unknown as {
      tokenizer: (text: string) => { input_ids: Tensor; attention_mask: Tensor };
      config: { image_token: string };
    };
    const { image_seq_length } = loaded.model.config as unknown as { image_seq_length: number };
    const text = loaded.processor.apply_chat_template(BOTH as never, { add_generation_prompt: true }) as string;
    const { image_token } = config;
    const inputs = tokenizer(text.replace(image_token, image_token.repeat(image_seq_length)));
    await loaded.model.generate({ ...inputs, max_new_tokens: 1, past_key_values: kept } as never);
    return { ms: performance.now() - started, prompt_tokens: inputs.input_ids.dims[1] as number };
  },

  async decode(prompt, count) {
    const clock = new Clock();
    const inputs = { input_ids: row(prompt), attention_mask: row(prompt.map(() => 1)) };
    // An id that no token has: nothing ends the answer early.
    const options = { max_new_tokens: count, eos_token_id: -1, streamer: clock };
    const begun = performance.now();
    const sequences = (await loaded.model.generate({ ...inputs, ...options } as never)) as Tensor;
    const ids = Array.from(sequences.data as BigInt64Array, Number).slice(prompt.length);
    const [, first = Number.NaN] = clock.times;
    return { prompt_ms: first - begun, ms: (clock.times.at(-1) as number) - first, ids };
  },
};

expose(peer);
