import { describe, expect, test } from 'vitest';
import { asAppError } from '../contract/errors.ts';
import { planCandidates } from './precision.ts';

const SESSIONS = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];
const files = (...suffixes: string[]) =>
  SESSIONS.flatMap((name) => suffixes.map((suffix) => `onnx/${name}${suffix}.onnx`));
const ALL = files('', '_fp16', '_quantized', '_q4', '_q4f16');
const GPU = { half: true, fallback: false };
const ids = (...args: Parameters<typeof planCandidates>) => planCandidates(...args).candidates.map(({ id }) => id);
const codeOf = (task: () => unknown) => {
  try {
    task();
  } catch (thrown) {
    return asAppError(thrown).code;
  }
  return 'none';
};

describe('planCandidates', () => {
  test('half precision, then single, then the CPU', () => {
    expect(ids(ALL, {}, GPU)).toEqual(['webgpu-q4f16', 'webgpu-q4', 'wasm-q8']);
  });

  test('what the device lacks is left out, and why is said', () => {
    const { candidates, reasons } = planCandidates(ALL, {}, { half: false, fallback: false });
    expect(candidates.map(({ id }) => id)).toEqual(['webgpu-q4', 'wasm-q8']);
    expect(reasons).toEqual([{ reason: 'lacks', values: { variant: 'webgpu-q4f16', features: ['shader-f16'] } }]);
    expect(ids(ALL, {}, null)).toEqual(['wasm-q8']);
    expect(ids(ALL, {}, { half: true, fallback: true })).toEqual(['wasm-q8']);
    expect(ids(ALL, { device: 'webgpu' }, { half: false, fallback: true })).toEqual(['webgpu-q4']);
  });

  test('each graph takes the best that there is of it', () => {
    const mixed = ['onnx/vision_encoder.onnx', 'onnx/embed_tokens_fp16.onnx', 'onnx/decoder_model_merged_q4.onnx'];
    const [first] = planCandidates(mixed, {}, GPU).candidates;
    expect(first?.dtype).toEqual({ vision_encoder: 'fp32', embed_tokens: 'fp16', decoder_model_merged: 'q4' });
    expect(ids(files('_quantized'), {}, GPU)).toEqual(['wasm-q8']);
  });

  test('weights beside the graphs belong to them', () => {
    const data = ['onnx/decoder_model_merged_q4.onnx_data', 'onnx/decoder_model_merged_q4.onnx_data_1'];
    const [first] = planCandidates([...files('_q4'), ...data], { device: 'wasm' }, null).candidates;
    expect(first?.dataFiles).toEqual({ 'decoder_model_merged_q4.onnx': 2 });
    expect(first?.paths).toEqual(expect.arrayContaining(data));
  });

  test('a wish is kept or refused', () => {
    expect(ids(ALL, { variant: 'fp32' }, GPU)).toEqual(['webgpu-fp32', 'wasm-fp32']);
    expect(ids(ALL, { variant: 'wasm-q8' }, GPU)).toEqual(['wasm-q8']);
    expect(codeOf(() => planCandidates(ALL, { variant: 'q2' }, GPU))).toBe('request-invalid');
    expect(codeOf(() => planCandidates(ALL, { device: 'webgpu' }, null))).toBe('webgpu-missing');
    expect(codeOf(() => planCandidates(['model.safetensors'], {}, GPU))).toBe('model-unsupported');
    expect(codeOf(() => planCandidates(files('_quantized'), { device: 'webgpu' }, GPU))).toBe('model-unsupported');
  });
});
