/** A model's family and layout → how its conversations are written: the templates that published models learned. */
import type { PromptTemplate } from '../../contract/manifest.ts';
import type { Model } from '../families/model.ts';
import type { TokenizerFiles } from './tokenizer.ts';

interface Style extends Omit<PromptTemplate, 'bos_id' | 'stop_ids' | 'turn_end' | 'image_marker'> {
  /** null: the tokenizer's own end of an answer. */
  turn_end: string | null;
  /** Ends an answer too, whatever the tokenizer's eos token is. */
  stop: string | null;
}

/**
 * LLaVA-1.5 ("vicuna_v1") and Mipha: `{system} USER: <image>\n{question} ASSISTANT:`, then ` {answer}{eos}USER: …`.
 */
const TWO_SEPARATORS: Style = {
  system:
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.",
  user: 'USER: ',
  assistant: 'ASSISTANT:',
  separator: ' ',
  turn_end: null,
  stop: null,
};

const CHATML_END = '<|im_end|>';

/** LLaVA's own Qwen models ("qwen_1_5"): a system text, and a line break behind every mark. */
const CHATML_LINES: Style = {
  system: '<|im_start|>system\nYou are a helpful assistant.',
  system_start: '<|im_start|>system\n',
  user: '<|im_start|>user\n',
  assistant: '<|im_start|>assistant\n',
  answer_start: '',
  separator: `${CHATML_END}\n`,
  turn_end: `${CHATML_END}\n`,
  stop: CHATML_END,
};

/** Hugging Face's LLaVA-OneVision: `<|im_start|>user <image>\n{question}<|im_end|><|im_start|>assistant\n`. */
const CHATML: Style = {
  ...CHATML_LINES,
  system: '',
  system_start: '<|im_start|>system \n',
  user: '<|im_start|>user ',
  without_image: '\n',
  separator: CHATML_END,
  turn_end: CHATML_END,
};

function styleOf({ family, layout }: Pick<Model, 'family' | 'layout'>): Style {
  if (family.id !== 'qwen2') return TWO_SEPARATORS;
  return layout === 'llava' ? CHATML_LINES : CHATML;
}

/** Throws `model-unsupported` when the tokenizer lacks a token that the template needs. */
export function promptTemplate(model: Pick<Model, 'family' | 'layout'>, tokenizer: TokenizerFiles): PromptTemplate {
  const { turn_end, stop, ...style } = styleOf(model);
  const { eos, bos } = tokenizer;
  const stops = new Set(eos ? [eos.id] : []);
  if (eos && stop !== null) stops.add(tokenizer.idOf(stop));
  return {
    ...style,
    turn_end: turn_end ?? eos?.token ?? '',
    image_marker: '<image>',
    bos_id: bos?.id ?? null,
    stop_ids: [...stops],
  };
}
