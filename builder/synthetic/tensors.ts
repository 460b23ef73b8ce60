/** A shape → the tensors of its checkpoint, names, dims and kinds, in the published layout. */
import type { LanguageShape, Layout, Shape, TensorSpec, VisionShape } from './shape.ts';

/** Prefixes of language model, output head and tower, and the names of the connector's Linears. */
const NAMES: Readonly<Record<Layout, { language: string; head: string; tower: string; connector: string[] }>> = {
  mipha: {
    language: 'model',
    head: 'lm_head',
    tower: 'model.vision_tower.vision_model',
    connector: ['model.mm_projector.0', 'model.mm_projector.2'],
  },
  llava: {
    language: 'model',
    head: 'lm_head',
    tower: 'model.vision_tower.vision_tower.vision_model',
    connector: ['model.mm_projector.0', 'model.mm_projector.2'],
  },
  hf: {
    language: 'language_model.model',
    head: 'language_model.lm_head',
    tower: 'vision_tower.vision_model',
    connector: ['multi_modal_projector.linear_1', 'multi_modal_projector.linear_2'],
  },
  'hf-nested': {
    language: 'model.language_model',
    head: 'lm_head',
    tower: 'model.vision_tower.vision_model',
    connector: ['model.multi_modal_projector.linear_1', 'model.multi_modal_projector.linear_2'],
  },
};

function linear(name: string, outputs: number, inputs: number, bias: boolean): TensorSpec[] {
  const weight: TensorSpec = { name: `${name}.weight`, dims: [outputs, inputs], kind: 'matrix' };
  return bias ? [weight, { name: `${name}.bias`, dims: [outputs], kind: 'zero' }] : [weight];
}

function layerNorm(name: string, width: number): TensorSpec[] {
  return [
    { name: `${name}.weight`, dims: [width], kind: 'one' },
    { name: `${name}.bias`, dims: [width], kind: 'zero' },
  ];
}

function phiLayer(at: string, { kind, hidden, inner, heads, head_dim }: LanguageShape): TensorSpec[] {
  const attention = `${at}.self_attn`;
  const width = heads * head_dim;
  const qkv =
    kind === 'phi-fused'
      ? linear(`${attention}.query_key_value`, 3 * width, hidden, true)
      : ['q_proj', 'k_proj', 'v_proj'].flatMap((name) => linear(`${attention}.${name}`, width, hidden, true));
  return [
    ...layerNorm(`${at}.input_layernorm`, hidden),
    ...qkv,
    ...linear(`${attention}.dense`, hidden, width, true),
    ...linear(`${at}.mlp.fc1`, inner, hidden, true),
    ...linear(`${at}.mlp.fc2`, hidden, inner, true),
  ];
}

/** The gain of an RMSNorm; Gemma's is 1 + w, so w lies near zero. */
function rmsNorm(name: string, { kind, hidden }: LanguageShape): TensorSpec {
  return { name: `${name}.weight`, dims: [hidden], kind: kind === 'gemma' ? 'zero' : 'one' };
}

/** Gemma, Llama and Qwen2, which has biases on queries, keys and values. */
function gatedLayer(at: string, c: LanguageShape): TensorSpec[] {
  const { kind, hidden, inner, heads, kv_heads, head_dim } = c;
  const attention = `${at}.self_attn`;
  const biased = kind === 'qwen2';
  return [
    rmsNorm(`${at}.input_layernorm`, c),
    rmsNorm(`${at}.post_attention_layernorm`, c),
    ...linear(`${attention}.q_proj`, heads * head_dim, hidden, biased),
    ...['k_proj', 'v_proj'].flatMap((name) => linear(`${attention}.${name}`, kv_heads * head_dim, hidden, biased)),
    ...linear(`${attention}.o_proj`, hidden, heads * head_dim, false),
    ...['gate_proj', 'up_proj'].flatMap((name) => linear(`${at}.mlp.${name}`, inner, hidden, false)),
    ...linear(`${at}.mlp.down_proj`, hidden, inner, false),
  ];
}

function languageTensors(c: LanguageShape, at: string, head: string): TensorSpec[] {
  const phi = c.kind === 'phi' || c.kind === 'phi-fused';
  const layer = phi ? phiLayer : gatedLayer;
  return [
    { name: `${at}.embed_tokens.weight`, dims: [c.vocab, c.hidden], kind: 'matrix' },
    ...Array.from({ length: c.layers }, (_, i) => layer(`${at}.layers.${i}`, c)).flat(),
    ...(phi ? layerNorm(`${at}.final_layernorm`, c.hidden) : [rmsNorm(`${at}.norm`, c)]),
    ...(c.tied ? [] : linear(head, c.vocab, c.hidden, phi)),
  ];
}

function towerTensors({ kind, hidden, inner, layers, image, patch }: VisionShape, at: string): TensorSpec[] {
  const clip = kind === 'clip';
  const layer = (i: number): TensorSpec[] => {
    const name = `${at}.encoder.layers.${i}`;
    return [
      ...layerNorm(`${name}.layer_norm1`, hidden),
      ...['k_proj', 'v_proj', 'q_proj', 'out_proj'].flatMap((part) =>
        linear(`${name}.self_attn.${part}`, hidden, hidden, true),
      ),
      ...layerNorm(`${name}.layer_norm2`, hidden),
      ...linear(`${name}.mlp.fc1`, inner, hidden, true),
      ...linear(`${name}.mlp.fc2`, hidden, inner, true),
    ];
  };
  const embeddings = `${at}.embeddings`;
  const rows = Math.floor(image / patch) ** 2 + (clip ? 1 : 0);
  const classRow: TensorSpec = { name: `${embeddings}.class_embedding`, dims: [hidden], kind: 'zero' };
  const patchBias: TensorSpec = { name: `${embeddings}.patch_embedding.bias`, dims: [hidden], kind: 'zero' };
  return [
    { name: `${embeddings}.patch_embedding.weight`, dims: [hidden, 3, patch, patch], kind: 'matrix' },
    clip ? classRow : patchBias,
    { name: `${embeddings}.position_embedding.weight`, dims: [rows, hidden], kind: 'matrix' },
    ...(clip ? layerNorm(`${at}.pre_layrnorm`, hidden) : []),
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...layerNorm(`${at}.post_layernorm`, hidden),
  ];
}

/** The vision tower alone, as its own checkpoint names it. */
export function separateTower({ vision }: Shape): TensorSpec[] {
  return towerTensors(vision, 'vision_model');
}

/** Every tensor of the checkpoint, in the order in which it is filled; LLaVA's own may come without a tower. */
export function tensorSpecs({ layout, language, vision }: Shape, tower = true): TensorSpec[] {
  const names = NAMES[layout];
  const [first = '', second = ''] = names.connector;
  return [
    ...languageTensors(language, names.language, names.head),
    ...(tower ? towerTensors(vision, names.tower) : []),
    ...linear(first, language.hidden, vision.hidden, true),
    ...linear(second, language.hidden, language.hidden, true),
  ];
}
