/** One question put to a reference variant and to others → their answers, and the distance of their distributions. */
import { collect } from '../../../cli/conversation.ts';
import type { openEngine } from '../../../cli/node-engine.ts';
import type { ChatRequest } from '../../../contract/chat.ts';
import { argmax, divergence } from './divergence.ts';

type Engine = Awaited<ReturnType<typeof openEngine>>;

/** Answers are cut here; drawn pictures need far fewer. */
const MOST_POSITIONS = 64;

export interface Trace {
  text: string;
  ids: number[];
  /** Logits of each position, the one where the answer ended included. */
  logits: Float32Array[];
}

/** Leaves the prompt in the cache and the logits of its last position in the graph's output. */
async function prefill(engine: Engine, request: ChatRequest): Promise<void> {
  await collect(engine, { ...request, temperature: 0, max_tokens: 1 });
}

/** The reference's own answer, with everything that it was chosen from. */
export async function trace(engine: Engine, request: ChatRequest): Promise<Trace> {
  await prefill(engine, request);
  const { language, manifest } = engine.parts;
  const ids: number[] = [];
  const logits: Float32Array[] = [];
  while (logits.length < MOST_POSITIONS) {
    const row = await language.logits();
    logits.push(row);
    const id = argmax(row);
    if (manifest.prompt.stop_ids.includes(id)) break;
    ids.push(id);
    await language.step([id]);
  }
  const { text } = await collect(engine, { ...request, temperature: 0, max_tokens: MOST_POSITIONS });
  return { text, ids, logits };
}

export interface Comparison {
  text: string;
  /** KL(reference ‖ variant) in nats at each position of the reference's answer. */
  divergences: number[];
  /** Positions at which the variant would have said the same. */
  agreeing: number;
}

/** A variant made to say what the reference said, and what it says on its own. */
export async function compare(engine: Engine, request: ChatRequest, reference: Trace): Promise<Comparison> {
  await prefill(engine, request);
  const { language } = engine.parts;
  const divergences: number[] = [];
  let agreeing = 0;
  for (const [position, expected] of reference.logits.entries()) {
    const row = await language.logits();
    divergences.push(divergence(expected, row));
    if (argmax(row) === argmax(expected)) agreeing++;
    const id = reference.ids[position];
    if (id !== undefined) await language.step([id]);
  }
  const isSame = agreeing === reference.logits.length;
  const { text } = isSame
    ? reference
    : await collect(engine, { ...request, temperature: 0, max_tokens: MOST_POSITIONS });
  return { text, divergences, agreeing };
}
