import { expect, it } from 'vitest';
import { toWire } from './errors.ts';
import { errorFor, REASONS, type Reason, reasonIn, reasonText } from './reasons.ts';

const failure = { code: 'self-test-failed', message: 'Wrong answers.', evidence: { max_error: 3 } } as const;
const variant = 'webgpu-q4f16';

/** One of each; a reason that is missing here is an error of types. */
const EACH: { [Name in Reason['reason']]: [Extract<Reason, { reason: Name }>['values'], string] } = {
  variantAsked: [{ variant }, 'The variant webgpu-q4f16 was asked for.'],
  deviceAsked: [{ device: 'WebGPU' }, 'WebGPU was asked for.'],
  insecureGpu: [{}, 'Browsers give WebGPU only to pages that come over https or from localhost.'],
  noWebgpu: [{}, 'This browser offers no WebGPU here.'],
  emulated: [{}, 'WebGPU is only emulated in software here, which is slower than WebAssembly.'],
  subgroups: [{}, 'Subgroups of this GPU are too small or missing; they are not used.'],
  lacks: [
    { variant, features: ['shader-f16', 'subgroups'] },
    'webgpu-q4f16 needs shader-f16, subgroups, which this GPU lacks.',
  ],
  skipped: [{ variant, failure }, 'webgpu-q4f16 is skipped, because it failed here before: Wrong answers.'],
  threads: [{ variant, threads: 4 }, 'webgpu-q4f16 runs on 4 threads.'],
  oneThread: [{ variant }, 'webgpu-q4f16 runs on 1 thread.'],
  notIsolated: [{ variant }, 'webgpu-q4f16 runs on 1 thread, because this page is not cross-origin isolated.'],
  insecureThread: [
    { variant },
    'webgpu-q4f16 runs on 1 thread, because this page came over plain http. Over https or on localhost it is faster.',
  ],
  runs: [{ variant }, 'webgpu-q4f16 runs.'],
  fails: [{ variant, failure }, 'webgpu-q4f16 does not work here: Wrong answers.'],
  newer: [{ bytes: 1_000_001 }, 'A newer version of this model (2 MB) can be fetched under Models.'],
  noTiles: [{}, 'Large pictures are not cut into tiles, which would take long on the CPU.'],
  crashes: [{ times: 2 }, 'The GPU stopped 2 times, so the CPU is used for now.'],
  browserModel: [{}, 'The browser computes the answers on this device with a model that it chose and keeps itself.'],
  browserOptions: [{}, 'Options for sampling and length are its own.'],
  serverModel: [{ server: 'h:80' }, 'h:80 computes the answers: your pictures and questions are sent there.'],
  serverOnly: [{}, 'Nothing is downloaded, and nothing is computed on this device.'],
  wasmLimit: [
    { limit_bytes: 3e9, bytes: 4.25e9 },
    'Without WebGPU a model can have 3.0 GB at most; this one has 4.3 GB.',
  ],
  memory: [{ memory_gb: 0.5, bytes: 6e8 }, 'This device has about 0.5 GB of memory; the model alone needs 600 MB.'],
  room: [{ room_bytes: 0, bytes: 5e6 }, 'The browser allows this site 0 MB more; the model needs 5 MB.'],
  noMoreRoom: [{}, 'The browser has no more room for this site.'],
  blocked: [
    {},
    'This browser does not let the page keep data. Leave private browsing or allow site data, then reload.',
  ],
  notWritten: [{ failure }, 'The browser could not store the model: Wrong answers.'],
  noVariant: [
    { why: [{ reason: 'noWebgpu', values: {} }] },
    'No variant of this model runs on this device. This browser offers no WebGPU here.',
  ],
};

it.each(Object.keys(REASONS) as Reason['reason'][])('%s is said in English, its values in their places', (name) => {
  const [values, sentence] = EACH[name];
  const reason = { reason: name, values } as Reason;
  expect(reasonText(reason)).toBe(sentence);
  expect(structuredClone(reason)).toEqual(reason);
  expect(JSON.parse(JSON.stringify(reason))).toEqual(reason);
});

it('an error says a reason in its message and has it in its evidence', () => {
  const reason = { reason: 'room', values: { room_bytes: 1, bytes: 2e6 } } as const;
  const error = errorFor('quota', reason, { model: 'm' });
  expect(toWire(error)).toEqual({
    code: 'quota',
    message: 'The browser allows this site 1 MB more; the model needs 2 MB.',
    evidence: { model: 'm', reason: 'room', room_bytes: 1, bytes: 2e6 },
  });
  expect(reasonIn(error)).toMatchObject(reason);
  expect(reasonIn({ ...failure, evidence: { reason: 'no-numbers' } })).toBeNull();
  expect(reasonIn(failure)).toBeNull();
});
