/** wllama (llama.cpp as WebAssembly) with the language model in 8 bits; it has no picture to look at here. */
import { Wllama } from '@wllama/wllama';
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { expose } from 'comlink';
import { allowOwnScripts } from '../../../workers/trusted-scripts.ts';
import { type Decoded, offerThreads, type Setup } from './contender.ts';

allowOwnScripts();

const quiet = (): void => {};
const wllama = new Wllama(
  { default: new URL(wasmUrl, location.href).href },
  { suppressNativeLog: true, logger: { debug: quiet, log: quiet, warn: console.warn, error: console.error } },
);

const contender = {
  async load({ models, model, threads }: Setup) {
    offerThreads(threads);
    const started = performance.now();
    const response = await fetch(`${models}wllama/${model}.gguf`);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    // On the CPU, one conversation at a time, as the others; the context is the model's own.
    const options = { n_gpu_layers: 0, n_parallel: 1, n_ctx: 0 };
    await wllama.loadModel([await response.blob()], options);
    return { ms: performance.now() - started, threads: wllama.getNumThreads() };
  },

  async decode(prompt: readonly number[], count: number): Promise<Decoded> {
    const options = { temperature: 0, top_k: 1, max_tokens: count, ignore_eos: true, cache_prompt: false };
    const request = { ...options, prompt: ' the'.repeat(prompt.length), stream: true as const };
    const started = performance.now();
    const times: number[] = [];
    let counted = 'no';
    for await (const { usage } of await wllama.createCompletion(request)) {
      times.push(performance.now());
      if (usage) counted = `${usage.prompt_tokens} and ${usage.completion_tokens}`;
    }
    if (counted !== `${prompt.length} and ${count}`)
      throw new Error(`wllama counts ${counted} tokens instead of ${prompt.length} and ${count}.`);
    const [first = Number.NaN] = times;
    return { prompt_ms: first - started, ms: (times.at(-1) as number) - first, ids: [] };
  },
};

expose(contender);
