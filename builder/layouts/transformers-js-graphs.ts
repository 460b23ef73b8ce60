/** A model → the three graphs that @huggingface/transformers runs for `model_type: llava`. */
import { Graph, type Value } from '../graph/graph.ts';
import { cast, gather, int64s, reshape } from '../graph/ops.ts';
import { int32 } from '../graph/tensor.ts';
import { boundaryType, decoderOf, decoderStack, presentOutputs, rotaryTables } from '../language.ts';
import type { AttentionInputs } from '../parts/attention.ts';
import { tokenRows } from '../parts/embedding.ts';
import type { Precision } from '../parts/precision.ts';
import type { Model } from '../families/model.ts';
import { visionGraph } from '../vision.ts';

/** By the name of the library's session. */
export interface PeerGraphs {
  vision_encoder: Graph;
  embed_tokens: Graph;
  decoder_model_merged: Graph;
}

/**
 * @param imageToken id that stands for a row of a picture; the library puts the features in its place
 * @param maxLength longest conversation
 */
export function peerGraphs(model: Model, p: Precision, imageToken: number, maxLength: number): PeerGraphs {
  return {
    // The library scatters float32 rows into float32 rows, whatever the graphs compute in.
    vision_encoder: visionGraph(model.vision, model.weights, p, 'float32', 'image_features'),
    embed_tokens: embedGraph(model, p, imageToken),
    decoder_model_merged: mergedDecoderGraph(model, p, maxLength),
  };
}

/**
 * ```
 * input_ids [1,S] ─ Gather(row_of_id) ─ Gather(embed_tokens) ─ inputs_embeds float32 [1,S,D]
 * ```
 * The image token may lie beyond the table; what its row holds is overwritten, so it gets row 0.
 */
function embedGraph({ language: c, weights }: Model, p: Precision, imageToken: number): Graph {
  const g = new Graph('embed_tokens');
  const ids = g.input('input_ids', 'int64', [1, 'sequence_length']);
  const count = Math.max(c.vocab_size, imageToken + 1);
  const rowOf = (): Int32Array => Int32Array.from({ length: count }, (_, id) => (id < c.vocab_size ? id : 0));
  const rows = gather(g, '/row_of_id/Gather', g.weight(int32(`row_of_id.${count}`, [count], rowOf)), ids);
  const embeds = tokenRows(g, '/embed_tokens', rows, weights.language.embed_tokens, p);
  g.output('inputs_embeds', cast(g, '/Cast', embeds, 'float32'), [1, 'sequence_length', c.hidden_size]);
  return g;
}

/**
 * ```
 * inputs_embeds ─ Cast ─ (· scale) ─ layers ─ last positions ─ norm ─ lm_head ─ logits float32 [1,n,V]
 * attention_mask [1,T] ┬ ReduceSum ─ −1 ─ seqlens_k       ▲
 *                      └ Shape ─ T ─ total_sequence_length  num_logits_to_keep n; 0 keeps all
 * ```
 * Past and present are separate tensors of lengths T − S and T; the past may be empty.
 */
function mergedDecoderGraph(model: Model, p: Precision, maxLength: number): Graph {
  const { family, language: c } = model;
  const g = new Graph('decoder_model_merged');
  const boundary = boundaryType(family, p);
  const embeds = g.input('inputs_embeds', 'float32', [1, 'sequence_length', c.hidden_size]);
  const mask = g.input('attention_mask', 'int64', [1, 'total_sequence_length']);
  const keep = g.input('num_logits_to_keep', 'int64', []);
  // As the published exports for this library are: the attention kernel is the runtime's choice.
  const shared = { ...lengthsOf(g, mask), ...rotaryTables(g, c, maxLength, boundary), head_sink: null };
  // −0 is 0: keeping nothing from the end is keeping everything.
  const start = reshape(g, '/positions/Reshape', g.op('/positions/Neg', 'Neg', [keep], 'int64'), [1]);
  const positions = (x: Value): Value =>
    g.op('/positions/Slice', 'Slice', [x, start, int64s(g, [2 ** 31 - 1]), int64s(g, [1])], x.type);
  const x = cast(g, '/inputs_embeds/Cast', embeds, p.activations);
  const inputs = { x, shared, positions, cacheLength: 'past_sequence_length' };
  const stack = decoderStack(g, decoderOf(model, p), inputs);
  g.output('logits', stack.logits, [1, 'kept_length', c.vocab_size]);
  presentOutputs(g, stack.presents, c, 'total_sequence_length');
  return g;
}

function lengthsOf(g: Graph, mask: Value): Pick<AttentionInputs, 'seqlens_k' | 'total_sequence_length'> {
  const sum = g.op('/seqlens_k/ReduceSum', 'ReduceSum', [mask, int64s(g, [1])], 'int64', { keepdims: 0 });
  const last = g.op('/seqlens_k/Sub', 'Sub', [sum, int64s(g, [1])], 'int64');
  const shape = g.op('/total_sequence_length/Shape', 'Shape', [mask], 'int64');
  const total = gather(g, '/total_sequence_length/Gather', shape, int64s(g, [1]));
  return {
    seqlens_k: cast(g, '/seqlens_k/Cast', last, 'int32'),
    total_sequence_length: cast(g, '/total_sequence_length/Cast', total, 'int32'),
  };
}
