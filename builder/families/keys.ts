/** Finds out under which names a checkpoint keeps its parts: each kind of software has its own prefixes. */
import type { Checkpoint } from '../weights/checkpoint.ts';

export interface Keys {
  /** In front of `embed_tokens.weight` and `layers.0…`. */
  language: string;
  /** The output head, without `.weight`. */
  head: string;
  /** The connector's two Linears. */
  connector: readonly [string, string];
}

/** Mipha and LLaVA; Hugging Face until 4.51; Hugging Face since. */
const GENERATIONS: readonly Keys[] = [
  { language: 'model.', head: 'lm_head', connector: ['model.mm_projector.0', 'model.mm_projector.2'] },
  {
    language: 'language_model.model.',
    head: 'language_model.lm_head',
    connector: ['multi_modal_projector.linear_1', 'multi_modal_projector.linear_2'],
  },
  {
    language: 'model.language_model.',
    head: 'lm_head',
    connector: ['model.multi_modal_projector.linear_1', 'model.multi_modal_projector.linear_2'],
  },
];

/** The names of the generation whose token table is there; the first one when there is none. */
export function findKeys(checkpoint: Checkpoint): Keys {
  const found = GENERATIONS.find(({ language }) => checkpoint.has(`${language}embed_tokens.weight`));
  return found ?? (GENERATIONS[0] as Keys);
}

/** Mipha; LLaVA's own class around a class; Hugging Face, earlier and later; a tower in a checkpoint of its own. */
const TOWERS = [
  'model.vision_tower.vision_model.',
  'model.vision_tower.vision_tower.vision_model.',
  'vision_tower.vision_model.',
  'model.vision_tower.',
  'vision_tower.',
  'vision_model.',
  '',
];

/** What stands in front of `embeddings…` and `encoder…`; undefined when there is no tower. */
export function findTower(checkpoint: Checkpoint): string | undefined {
  return TOWERS.find((prefix) => checkpoint.has(`${prefix}embeddings.patch_embedding.weight`));
}
