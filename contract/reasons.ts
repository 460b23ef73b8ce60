/** Why a model runs where it does, or does not suit a device: sentences that a page can tell apart again, to say them in its own words. */

/** In English, by what they say; `{name}` is a place for a value. The first that fits a sentence is the one it is. */
export const REASONS = {
  variantAsked: 'The variant {variant} was asked for.',
  deviceAsked: '{device} was asked for.',
  insecureGpu: 'Browsers give WebGPU only to pages that come over https or from localhost.',
  noWebgpu: 'This browser offers no WebGPU here.',
  emulated: 'WebGPU is only emulated in software here, which is slower than WebAssembly.',
  subgroups: 'Subgroups of this GPU are too small or missing; they are not used.',
  lacks: '{variant} needs {features}, which this GPU lacks.',
  skipped: '{variant} is skipped, because it failed here before: {failure}',
  threads: '{variant} runs on {threads} threads.',
  oneThread: '{variant} runs on 1 thread.',
  notIsolated: '{variant} runs on 1 thread, because this page is not cross-origin isolated.',
  insecureThread:
    '{variant} runs on 1 thread, because this page came over plain http. Over https or on localhost it is faster.',
  runs: '{variant} runs.',
  fails: '{variant} does not work here: {failure}',
  newer: 'A newer version of this model ({size}) can be fetched under Models.',
  noTiles: 'Large pictures are not cut into tiles, which would take long on the CPU.',
  crashes: 'The GPU stopped {times} times, so the CPU is used for now.',
  browserModel: 'The browser computes the answers on this device with a model that it chose and keeps itself.',
  browserOptions: 'Options for sampling and length are its own.',
  serverModel: '{server} computes the answers: your pictures and questions are sent there.',
  serverOnly: 'Nothing is downloaded, and nothing is computed on this device.',
  wasmLimit: 'Without WebGPU a model can have {limit} at most; this one has {size}.',
  memory: 'This device has about {memory} of memory; the model alone needs {size}.',
  room: 'The browser allows this site {room} more; the model needs {size}.',
  noMoreRoom: 'The browser has no more room for this site.',
  blocked: 'This browser does not let the page keep data. Leave private browsing or allow site data, then reload.',
  noVariant: 'No variant of this model runs on this device. {why}',
} as const;

export type Reason = keyof typeof REASONS;
type Values = Readonly<Record<string, string | number>>;

/** The sentence in English. */
export function reasonText(reason: Reason, values: Values = {}): string {
  return REASONS[reason].replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

const PLACE = /\{(\w+)\}/g;

function patternOf(template: string): RegExp {
  const literal = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(PLACE, '(?<$1>.+?)')}$`, 's');
}

/** What a sentence says; null for one that is not among `REASONS`. */
export function readReason(sentence: string): { reason: Reason; values: Record<string, string> } | null {
  for (const [reason, template] of Object.entries(REASONS)) {
    const found = patternOf(template).exec(sentence);
    if (found) return { reason: reason as Reason, values: { ...found.groups } };
  }
  return null;
}
