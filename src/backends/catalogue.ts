/** Models of the hub that are offered by name: what they are good at, how large, under which licence. Data, no code. */

/** What a model is good at; the page has a sentence for each. */
export type Skill = 'smallest' | 'charts' | 'severalSmall' | 'severalCharts' | 'details' | 'strongest';

export interface CataloguedModel {
  /** Repository on the hub. */
  repo: string;
  name: string;
  /** SPDX identifier, or the licence's own name. None is for research only. */
  licence: string;
  /** Bytes to fetch by what the device can do, where the published file sizes tell. */
  bytes: { webgpu?: number; wasm?: number };
  goodAt: Skill;
}

const MB = 1e6;

/** The first one is offered first. Sizes are sums of the files that each device fetches (4 bits, 8 bits). */
export const CATALOGUE: readonly CataloguedModel[] = [
  {
    repo: 'HuggingFaceTB/SmolVLM-256M-Instruct',
    name: 'SmolVLM 256M',
    licence: 'Apache-2.0',
    bytes: { webgpu: 189 * MB, wasm: 261 * MB },
    goodAt: 'smallest',
  },
  {
    repo: 'HuggingFaceTB/SmolVLM-500M-Instruct',
    name: 'SmolVLM 500M',
    licence: 'Apache-2.0',
    bytes: { webgpu: 355 * MB },
    goodAt: 'charts',
  },
  {
    repo: 'HuggingFaceTB/SmolVLM2-256M-Video-Instruct',
    name: 'SmolVLM2 256M',
    licence: 'Apache-2.0',
    bytes: { webgpu: 189 * MB, wasm: 261 * MB },
    goodAt: 'severalSmall',
  },
  {
    repo: 'HuggingFaceTB/SmolVLM2-500M-Video-Instruct',
    name: 'SmolVLM2 500M',
    licence: 'Apache-2.0',
    bytes: { webgpu: 355 * MB },
    goodAt: 'severalCharts',
  },
  {
    repo: 'llava-hf/llava-onevision-qwen2-0.5b-ov-hf',
    name: 'LLaVA-OneVision 0.5B',
    licence: 'Apache-2.0',
    bytes: {},
    goodAt: 'details',
  },
  {
    repo: 'onnx-community/gemma-4-E2B-it-ONNX',
    name: 'Gemma 4 E2B',
    licence: 'Apache-2.0',
    bytes: {},
    goodAt: 'strongest',
  },
];
