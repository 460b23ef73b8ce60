/** config.json → which family of language model it describes, and in whose words. */
import { AppError } from '../../contract/errors.ts';
import { type Config, optionalText, section } from './config.ts';
import type { Family } from './family.ts';
import { gemma } from './gemma.ts';
import { llama } from './llama.ts';
import { phi } from './phi.ts';
import { qwen2 } from './qwen2.ts';

const FAMILIES: readonly Family[] = [phi, gemma, llama, qwen2];

/** Hugging Face's own classes: the language model's fields stand in `text_config`. */
const NESTED = ['LlavaForConditionalGeneration', 'LlavaOnevisionForConditionalGeneration'];

export interface Identity {
  family: Family;
  /** Who wrote the config: Mipha's code, LLaVA's own, or Hugging Face's classes. */
  layout: 'mipha' | 'llava' | 'hf';
  /** config.json, and the part of it that describes the language model. */
  top: Config;
  language: Config;
}

function unsupported(what: string, value: unknown, known: readonly string[]): AppError {
  const shown = JSON.stringify(value)?.slice(0, 200) ?? 'unknown';
  const message = `A checkpoint of ${what} ${shown} cannot be built. Known are ${known.join(', ')}.`;
  return new AppError('model-unsupported', message, { [what]: shown });
}

/** From config.json alone, never from a directory's name. Throws `model-unsupported`. */
export function identify(config: Config): Identity {
  const listed = config['architectures'];
  const architecture: unknown = Array.isArray(listed) ? listed[0] : undefined;
  if (typeof architecture === 'string' && NESTED.includes(architecture)) {
    const language = section(config, 'text_config');
    // The base class's default, which a config inside another one may leave out.
    const type = optionalText(language, 'model_type', 'llama');
    const family = FAMILIES.find(({ model_types }) => model_types.includes(type));
    if (!family)
      throw unsupported(
        'text_config.model_type',
        type,
        FAMILIES.flatMap(({ model_types }) => model_types),
      );
    return { family, layout: 'hf', top: config, language };
  }
  const family = FAMILIES.find(({ architectures }) => (architectures as unknown[]).includes(architecture));
  const known = [...FAMILIES.flatMap(({ architectures }) => architectures), ...NESTED];
  if (!family) throw unsupported('architecture', architecture, known);
  const layout = String(architecture).startsWith('Mipha') ? 'mipha' : 'llava';
  return { family, layout, top: config, language: config };
}
