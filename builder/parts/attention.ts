/** Attention as graph nodes: causal with a KV cache for the decoder, bidirectional for the vision tower. */
import type { Graph, Value } from '../graph/graph.ts';
import { cast, split } from '../graph/ops.ts';
import { linear } from './linear.ts';
import type { LinearWeights, Precision } from './precision.ts';

export interface AttentionWeights {
  /** Rows: all query heads, all key heads, all value heads. */
  qkv: LinearWeights;
  output: LinearWeights;
}

export interface Heads {
  heads: number;
  kv_heads: number;
  head_dim: number;
}

/** What every decoder layer's attention shares: the positions, the rotary tables, and what chooses the kernel. */
export interface AttentionInputs {
  seqlens_k: Value;
  total_sequence_length: Value;
  cos: Value;
  sin: Value;
  /** [heads], see `noSink`; null leaves the runtime its own choice. */
  head_sink: Value | null;
}

/** exp(NO_SINK − largest score) is 0 in float32, whatever the scores are. */
const NO_SINK = -1e30;

/**
 * One more score per head for every softmax, so low that it changes no weight. With it ONNX Runtime's CPU kernel computes
 * attention as products of matrices; without it, by a tiled kernel that has no SIMD in WebAssembly and takes ten times
 * as long for a prompt. On WebGPU it is the other way round: there a sink turns the fast kernel off.
 */
export function noSink(g: Graph, { heads }: Pick<Heads, 'heads'>): Value {
  return g.constant(
    'float32',
    [heads],
    Array.from({ length: heads }, () => NO_SINK),
  );
}

export interface KeyValue {
  key: Value;
  value: Value;
}

export interface CausalAttention {
  weights: AttentionWeights;
  heads: Heads;
  shared: AttentionInputs;
  past: KeyValue;
  precision: Precision;
}

/**
 * ```
 * x [1,S,D] ─ qkv ─ [1,S,(H+2K)·d] ─ GroupQueryAttention ─ [1,S,H·d] ─ output ─ [1,S,D]
 *                    past key, value ─┘        └─ present key, value [1,K,max_length,d]
 * ```
 * Runs in the type of the past: a float16 graph around a float32 cache gets casts on both sides.
 */
export function causalAttention(
  g: Graph,
  scope: string,
  x: Value,
  { weights: w, heads: { heads, kv_heads, head_dim }, shared, past, precision: p }: CausalAttention,
): { y: Value; present: KeyValue } {
  const type = past.key.type;
  const qkv = cast(g, `${scope}/widen`, linear(g, `${scope}/qkv`, x, w.qkv, p), type);
  const inputs = [qkv, null, null, past.key, past.value, shared.seqlens_k, shared.total_sequence_length];
  const [attended, key, value] = g.ops(
    `${scope}/GroupQueryAttention`,
    'GroupQueryAttention',
    [...inputs, shared.cos, shared.sin, ...(shared.head_sink ? [null, null, shared.head_sink] : [])],
    [type, type, type],
    {
      num_heads: heads,
      kv_num_heads: kv_heads,
      do_rotary: 1,
      rotary_interleaved: 0,
      scale: { float: 1 / Math.sqrt(head_dim) },
    },
  ) as [Value, Value, Value];
  const narrowed = cast(g, `${scope}/narrow`, attended, p.activations);
  return { y: linear(g, `${scope}/output`, narrowed, w.output, p), present: { key, value } };
}

/**
 * ```
 * x [n,P,D] ─ qkv ─ Split ─ q, k, v [n,P,D] ─ MultiHeadAttention ─ [n,P,D] ─ output ─ [n,P,D]
 * ```
 */
export function fullAttention(
  g: Graph,
  scope: string,
  x: Value,
  w: AttentionWeights,
  heads: number,
  p: Precision,
): Value {
  const width = w.output.weight.dims[1] ?? 0;
  const qkv = linear(g, `${scope}/qkv`, x, w.qkv, p);
  const parts = split(g, `${scope}/Split`, qkv, [width, width, width], -1);
  const attended = g.op(`${scope}/MultiHeadAttention`, 'MultiHeadAttention', parts, x.type, { num_heads: heads });
  return linear(g, `${scope}/output`, attended, w.output, p);
}
