/** A shape → the tensors of its checkpoint, names, dims and kinds, in the published layout. */
import type { LanguageShape, Shape, TensorSpec, VisionShape } from './shape.ts';

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

function gemmaLayer(at: string, { hidden, inner, heads, kv_heads, head_dim }: LanguageShape): TensorSpec[] {
  const attention = `${at}.self_attn`;
  return [
    // Gemma's gain is 1 + w, so w lies near zero.
    { name: `${at}.input_layernorm.weight`, dims: [hidden], kind: 'zero' },
    { name: `${at}.post_attention_layernorm.weight`, dims: [hidden], kind: 'zero' },
    ...linear(`${attention}.q_proj`, heads * head_dim, hidden, false),
    ...['k_proj', 'v_proj'].flatMap((name) => linear(`${attention}.${name}`, kv_heads * head_dim, hidden, false)),
    ...linear(`${attention}.o_proj`, hidden, heads * head_dim, false),
    ...['gate_proj', 'up_proj'].flatMap((name) => linear(`${at}.mlp.${name}`, inner, hidden, false)),
    ...linear(`${at}.mlp.down_proj`, hidden, inner, false),
  ];
}

function languageTensors(c: LanguageShape): TensorSpec[] {
  const gemma = c.kind === 'gemma';
  const layer = gemma ? gemmaLayer : phiLayer;
  const end: TensorSpec[] = gemma
    ? [{ name: 'model.norm.weight', dims: [c.hidden], kind: 'zero' }]
    : [...layerNorm('model.final_layernorm', c.hidden), ...linear('lm_head', c.vocab, c.hidden, true)];
  return [
    { name: 'model.embed_tokens.weight', dims: [c.vocab, c.hidden], kind: 'matrix' },
    ...Array.from({ length: c.layers }, (_, i) => layer(`model.layers.${i}`, c)).flat(),
    ...end,
  ];
}

function visionTensors({ hidden, inner, layers, image, patch }: VisionShape, width: number): TensorSpec[] {
  const at = 'model.vision_tower.vision_model';
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
  return [
    { name: `${at}.embeddings.patch_embedding.weight`, dims: [hidden, 3, patch, patch], kind: 'matrix' },
    { name: `${at}.embeddings.patch_embedding.bias`, dims: [hidden], kind: 'zero' },
    {
      name: `${at}.embeddings.position_embedding.weight`,
      dims: [Math.floor(image / patch) ** 2, hidden],
      kind: 'matrix',
    },
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...layerNorm(`${at}.post_layernorm`, hidden),
    ...linear('model.mm_projector.0', width, hidden, true),
    ...linear('model.mm_projector.2', width, width, true),
  ];
}

/** Every tensor of the checkpoint, in the order in which it is filled. */
export function tensorSpecs({ language, vision }: Shape): TensorSpec[] {
  return [...languageTensors(language), ...visionTensors(vision, language.hidden)];
}
