/** The decoder graph: ids, image rows and the KV cache → logits of the last position and the next token. */
import type { Family, LanguageConfig, LanguageWeights } from './families/family.ts';
import type { Model } from './families/model.ts';
import { Graph, type Value } from './graph/graph.ts';
import { add, cast, lastPosition, mul, scalar } from './graph/ops.ts';
import { plain } from './graph/tensor.ts';
import { type AttentionInputs, causalAttention, type KeyValue, noSink } from './parts/attention.ts';
import { embed } from './parts/embedding.ts';
import { linear } from './parts/linear.ts';
import { mlp } from './parts/mlp.ts';
import { norm } from './parts/norms.ts';
import type { ActivationType, Precision } from './parts/precision.ts';
import { rotaryTable } from './parts/rotary.ts';

/** What a decoder is made of; its graphs differ in their inputs and outputs. */
export interface Decoder {
  family: Family;
  config: LanguageConfig;
  weights: LanguageWeights;
  precision: Precision;
}

export function decoderOf({ family, language, weights }: Model, precision: Precision): Decoder {
  return { family, config: language, weights: weights.language, precision };
}

/** Element type of image_embeds and the KV cache: float32 where attention must not run in float16. */
export function boundaryType(family: Family, p: Precision): ActivationType {
  return family.wide_attention ? 'float32' : p.activations;
}

/**
 * ```
 * input_ids, image_embeds ─ embed (· scale) ─ layers ─ last position ─ norm ─ lm_head ┬ logits float32 [1,1,V]
 *                                                                                     └ ArgMax ─ next_token [1,1]
 * parallel layer (Phi):  x ─┬ norm ┬ attention ┬ Add ─ Add ─
 *                           │      └ mlp ──────┘        │
 *                           └───────────────────────────┘
 * sequential layer:      x ─┬ norm ─ attention ─ Add ─┬ norm ─ mlp ─ Add ─
 *                           └─────────────────────┘   └──────────────┘
 * ```
 */
export function decoderGraph(decoder: Decoder, maxLength: number): Graph {
  const { family, config: c, weights, precision: p } = decoder;
  const g = new Graph('decoder');
  const boundary = boundaryType(family, p);
  const inputIds = g.input('input_ids', 'int64', [1, 'sequence']);
  const imageEmbeds = g.input('image_embeds', boundary, ['rows', c.hidden_size]);
  const shared = attentionInputs(g, c, maxLength, boundary, p);
  const x = embed(g, '/language/embed', inputIds, imageEmbeds, weights.embed_tokens, maxLength, p); // [1, S, D]
  const last = (rows: Value): Value => lastPosition(g, '/language/last/Slice', rows); // [1, 1, D]
  const { logits, presents } = decoderStack(g, decoder, { x, shared, positions: last });
  const next = g.op('/next_token/ArgMax', 'ArgMax', [logits], 'int64', { axis: -1, keepdims: 0 });
  g.output('logits', logits, [1, 1, c.vocab_size]);
  g.output('next_token', next, [1, 1]);
  presentOutputs(g, presents, c, CACHE_LENGTH);
  return g;
}

/** Dimension of a cache that is past and present at once. */
const CACHE_LENGTH = 'cache_length';

export interface StackInputs {
  /** Embedded tokens [1, S, D]. */
  x: Value;
  shared: AttentionInputs;
  /** Keeps the positions whose logits are wanted. */
  positions: (x: Value) => Value;
  /** Name of the past's length. @default that of a cache which is past and present at once */
  cacheLength?: string;
}

/** Embedded tokens → float32 logits of the positions that are kept, and the extended caches. */
export function decoderStack(
  g: Graph,
  decoder: Decoder,
  { x, shared, positions, cacheLength = CACHE_LENGTH }: StackInputs,
): { logits: Value; presents: KeyValue[] } {
  const { family, config: c, weights, precision: p } = decoder;
  const scale = family.embed_scale(c);
  let rows = scale === null ? x : mul(g, '/language/embed/scale/Mul', x, scalar(g, scale, x.type));
  const presents: KeyValue[] = [];
  for (let i = 0; i < weights.layers.length; i++) {
    const past = pastInputs(g, i, c, boundaryType(family, p), cacheLength);
    const { y, present } = decoderLayer(g, decoder, { at: `/language/layers.${i}`, i, x: rows, shared, past });
    rows = y;
    presents.push(present);
  }
  const normed = norm(g, '/language/final_norm', positions(rows), weights.final_norm);
  const head = linear(g, '/lm_head', normed, weights.lm_head, { ...p, bits: p.table_bits });
  return { logits: cast(g, '/lm_head/Cast', head, 'float32'), presents };
}

/** The extended caches as graph outputs. */
export function presentOutputs(g: Graph, presents: readonly KeyValue[], c: LanguageConfig, length: string): void {
  const dims = [1, c.kv_heads, length, c.head_layout.length];
  for (const [i, { key, value }] of presents.entries()) {
    g.output(`present.${i}.key`, key, dims);
    g.output(`present.${i}.value`, value, dims);
  }
}

/** Lengths, rotary tables and the choice of the kernel, shared by all layers. */
export function attentionInputs(
  g: Graph,
  c: LanguageConfig,
  maxLength: number,
  type: ActivationType,
  p: Pick<Precision, 'weights'>,
): AttentionInputs {
  return {
    seqlens_k: g.input('seqlens_k', 'int32', [1]),
    total_sequence_length: g.input('total_sequence_length', 'int32', [1]),
    ...rotaryTables(g, c, maxLength, type),
    // Blocks are for GPUs, the other kinds of weights for the CPU.
    head_sink: p.weights === 'blocks' ? null : noSink(g, c),
  };
}

export function rotaryTables(
  g: Graph,
  c: LanguageConfig,
  maxLength: number,
  type: ActivationType,
): Pick<AttentionInputs, 'cos' | 'sin'> {
  const table = (kind: 'cos' | 'sin'): Value =>
    g.weight(plain(rotaryTable(kind, maxLength, c.rotary_dim, c.rope_theta, c.rope_dtype), type));
  return { cos: table('cos'), sin: table('sin') };
}

/** The KV cache of layer i as graph inputs. */
export function pastInputs(
  g: Graph,
  i: number,
  c: LanguageConfig,
  type: ActivationType,
  length: string = CACHE_LENGTH,
): KeyValue {
  const dims = [1, c.kv_heads, length, c.head_layout.length];
  return {
    key: g.input(`past_key_values.${i}.key`, type, dims),
    value: g.input(`past_key_values.${i}.value`, type, dims),
  };
}

export interface LayerInputs {
  /** Path of its nodes. */
  at: string;
  /** Which layer. */
  i: number;
  /** [1, S, D] */
  x: Value;
  shared: AttentionInputs;
  past: KeyValue;
}

/** x → y of the same dims, and the extended cache. */
export function decoderLayer(
  g: Graph,
  { family, config, weights, precision }: Decoder,
  { at, i, x, shared, past }: LayerInputs,
): { y: Value; present: KeyValue } {
  const layer = weights.layers[i];
  if (!layer) throw new Error(`no layer ${i}`);
  const normed = norm(g, `${at}/input_norm`, x, layer.input_norm);
  const attention = { weights: layer.attention, heads: config, shared, past, precision };
  const { y: attended, present } = causalAttention(g, `${at}/attn`, normed, attention);
  const inner = (rows: Value): Value => mlp(g, `${at}/mlp`, rows, layer.mlp, precision, family.wide_down);
  if (layer.post_norm === null)
    return { y: add(g, `${at}/Add`, x, add(g, `${at}/parallel/Add`, attended, inner(normed))), present };
  const middle = add(g, `${at}/attn/Add`, x, attended);
  return { y: add(g, `${at}/mlp/Add`, middle, inner(norm(g, `${at}/post_norm`, middle, layer.post_norm))), present };
}
