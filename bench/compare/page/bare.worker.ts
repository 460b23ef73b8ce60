/** The plainest way to run our own graphs: onnxruntime-web's `session.run` in a loop. */
import { expose } from 'comlink';
import * as ort from 'onnxruntime-web/wasm';
import type { ModelManifest } from '../../../contract/manifest.ts';
import { allowOwnScripts } from '../../../workers/trusted-scripts.ts';
import { type Contender, offerThreads, plainPixels } from './contender.ts';

allowOwnScripts();

interface Loaded {
  manifest: ModelManifest;
  vision: ort.InferenceSession;
  decoder: ort.InferenceSession;
}
let loaded: Loaded;

async function bytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const one = (value: number): ort.Tensor => new ort.Tensor('int32', Int32Array.of(value), [1]);

/** One run behind a cache that grows: what came out of the last run goes into the next. */
async function step(ids: readonly number[], past: Record<string, ort.Tensor>, length: number) {
  const { architecture } = loaded.manifest;
  const outputs = await loaded.decoder.run({
    input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    image_embeds: new ort.Tensor('float32', new Float32Array(architecture.hidden_size), [1, architecture.hidden_size]),
    seqlens_k: one(length + ids.length - 1),
    total_sequence_length: one(length + ids.length),
    ...past,
  });
  const next: Record<string, ort.Tensor> = {};
  for (const name of Object.keys(outputs))
    if (name.startsWith('present')) next[name.replace('present', 'past_key_values')] = outputs[name] as ort.Tensor;
  return { id: Number((outputs['next_token'] as ort.Tensor).data[0]), past: next };
}

const bare: Contender = {
  async load({ models, model, threads }) {
    offerThreads(threads);
    const started = performance.now();
    const folder = `${models}own/${model}/`;
    const manifest = JSON.parse(new TextDecoder().decode(await bytes(`${folder}manifest.json`))) as ModelManifest;
    const variant = manifest.variants.find(({ id }) => id === 'wasm-int8');
    if (!variant) throw new Error('The model has no wasm-int8 variant.');
    const externalData = await Promise.all(
      variant.weights.map(async (path) => ({ path, data: await bytes(folder + path) })),
    );
    const create = async (path: string): Promise<ort.InferenceSession> =>
      ort.InferenceSession.create(await bytes(folder + path), { executionProviders: ['wasm'], externalData });
    loaded = { manifest, vision: await create(variant.vision), decoder: await create(variant.decoder) };
    return { ms: performance.now() - started, threads: ort.env.wasm.numThreads ?? 1 };
  },

  async encode() {
    const side = loaded.manifest.processor.image_size;
    const pixel_values = new ort.Tensor('float32', plainPixels(side), [1, 3, side, side]);
    const started = performance.now();
    await loaded.vision.run({ pixel_values });
    return performance.now() - started;
  },

  async decode(prompt, count) {
    const { num_hidden_layers, num_key_value_heads, head_dim } = loaded.manifest.architecture;
    let past: Record<string, ort.Tensor> = {};
    for (let layer = 0; layer < num_hidden_layers; layer++)
      for (const part of ['key', 'value'])
        past[`past_key_values.${layer}.${part}`] = new ort.Tensor('float32', new Float32Array(0), [
          1,
          num_key_value_heads,
          0,
          head_dim,
        ]);
    const begun = performance.now();
    const ids: number[] = [];
    let chunk = prompt;
    let length = 0;
    let started = 0;
    while (ids.length < count) {
      const result = await step(chunk, past, length);
      length += chunk.length;
      ({ past } = result);
      ids.push(result.id);
      chunk = [result.id];
      if (ids.length === 1) started = performance.now();
    }
    return { prompt_ms: started - begun, ms: performance.now() - started, ids };
  },
};

expose(bare);
