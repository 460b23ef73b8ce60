/** The engine of this project, loaded and asked as the page does it. */
import { expose } from 'comlink';
import type { Message } from '../../../contract/chat.ts';
import type { Engine } from '../../../engine/engine.ts';
import { generate } from '../../../engine/generate.ts';
import { toSampling } from '../../../engine/sampler.ts';
import { loadModel } from '../../../workers/models/load.ts';
import { allowOwnScripts } from '../../../workers/trusted-scripts.ts';
import { type Answer, type Chatting, CONVERSATION, offerThreads, plainPixels } from './contender.ts';

allowOwnScripts();

let engine: Engine;

async function ask(messages: Message[]): Promise<Answer> {
  const started = performance.now();
  let ms = Number.NaN;
  for await (const event of engine.answer({ messages, max_tokens: 1 })) {
    // Without text the first token was one that stands for none; it was computed all the same.
    if (event.type === 'text' || event.type === 'done') ms = Number.isNaN(ms) ? performance.now() - started : ms;
    if (event.type === 'done') return { ms, prompt_tokens: event.usage.prompt_tokens };
  }
  throw new Error('The answer did not end.');
}

function question(picture: Blob): Message {
  return {
    role: 'user',
    content: [
      { type: 'image', image: picture },
      { type: 'text', text: CONVERSATION.first },
    ],
  };
}

const text = (role: Message['role'], words: string): Message => ({ role, content: [{ type: 'text', text: words }] });

const own: Chatting = {
  async load({ models, model, threads }) {
    offerThreads(threads);
    const started = performance.now();
    const request = { modelUrl: `${models}own/${model}/`, variant: 'wasm-int8' };
    const loaded = await loadModel(request, () => {}, new AbortController().signal);
    engine = loaded.engine;
    return { ms: performance.now() - started, threads: loaded.info.threads };
  },

  async encode() {
    const { vision, manifest } = engine.parts;
    const pixels = plainPixels(manifest.processor.image_size);
    const number = vision.numberOf('plain pixels');
    const started = performance.now();
    await vision.encode(number, [pixels], []);
    return performance.now() - started;
  },

  async firstQuestion(picture) {
    // What an earlier conversation left behind would be reused.
    engine.parts.cache.clear();
    return ask([question(picture)]);
  },

  followUp(picture) {
    const { answer, second } = CONVERSATION;
    return ask([question(picture), text('assistant', answer), text('user', second)]);
  },

  async decode(prompt, count) {
    const { cache, language, runtime } = engine.parts;
    cache.clear();
    const begun = performance.now();
    await language.prefill(prompt);
    const options = { stopIds: [], maxTokens: count, promptIds: prompt, contextIds: prompt, signal: undefined };
    const tokens = generate(runtime, language, {
      ...options,
      sampling: toSampling({}, { temperature: 0, top_p: 1, repetition_penalty: 1 }),
      random: Math.random,
    });
    const ids: number[] = [];
    let started = 0;
    for await (const id of tokens) {
      ids.push(id);
      if (ids.length === 1) started = performance.now();
    }
    return { prompt_ms: started - begun, ms: performance.now() - started, ids };
  },
};

expose(own);
