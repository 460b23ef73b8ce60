/** Options of `create` and `availability` → how tokens are chosen, what may be shown, and whether that can be had. */
import type { SamplingOptions } from '../../../contract/chat.ts';
import type { LanguageModelCreateCoreOptions, LanguageModelParams, LanguageModelSamplingMode } from './types.ts';

export const PARAMS: LanguageModelParams = {
  defaultTopK: 40,
  maxTopK: 1000,
  defaultTemperature: 0,
  maxTemperature: 2,
};

const MODES: Record<LanguageModelSamplingMode, number> = {
  'most-predictable': 0,
  predictable: 0.4,
  balanced: 0.7,
  creative: 1,
  'most-creative': 1.4,
};

export interface SessionOptions {
  topK: number;
  temperature: number;
  samplingMode: LanguageModelSamplingMode | null;
  /** Whether images were announced. */
  images: boolean;
  /** Whether anything was asked for that this model has not: other media, tools. */
  unsupported: boolean;
}

function bounded(name: string, value: unknown, least: number, most: number): number {
  const number = Number(value);
  if (Number.isNaN(number) || number < least) throw new RangeError(`${name} has to be a number from ${least} on.`);
  return Math.min(number, most);
}

/** Throws TypeError for what the interface does not know, RangeError for numbers and language tags that are none. */
export function readOptions(options: LanguageModelCreateCoreOptions): SessionOptions {
  const { samplingMode = 'default', expectedInputs = [], expectedOutputs = [], tools = [] } = options;
  const known = samplingMode !== 'default';
  if (known && !Object.hasOwn(MODES, samplingMode)) throw new TypeError(`There is no samplingMode "${samplingMode}".`);
  const types = (expected: typeof expectedInputs): string[] =>
    [...expected].map(({ type, languages = [] }) => {
      if (!['text', 'image', 'audio', 'tool-call', 'tool-response'].includes(type))
        throw new TypeError(`There is no content of type ${String(type)}.`);
      Intl.getCanonicalLocales([...languages]);
      return type;
    });
  const inputs = types(expectedInputs);
  const outputs = types(expectedOutputs);
  const mode = known ? MODES[samplingMode] : PARAMS.defaultTemperature;
  return {
    topK: Math.floor(bounded('topK', options.topK ?? PARAMS.defaultTopK, 1, PARAMS.maxTopK)),
    temperature: bounded('temperature', options.temperature ?? mode, 0, PARAMS.maxTemperature),
    samplingMode: known ? samplingMode : null,
    images: inputs.includes('image'),
    unsupported:
      [...tools].length > 0 ||
      inputs.some((type) => type !== 'text' && type !== 'image') ||
      outputs.some((type) => type !== 'text'),
  };
}

export function toSampling({ topK, temperature }: SessionOptions): SamplingOptions {
  return temperature === 0 ? { temperature } : { temperature, top_k: topK };
}
