import { describe, expect, test } from 'vitest';
import { asAppError } from '../contract/errors.ts';
import { planRungs } from './precision.ts';

const SESSIONS = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];
const files = (...suffixes: string[]) =>
  SESSIONS.flatMap((name) => suffixes.map((suffix) => `onnx/${name}${suffix}.onnx`));
const ALL = files('', '_fp16', '_quantized', '_q4', '_q4f16');
const GPU = { half: true, fallback: false };
const ids = (...args: Parameters<typeof planRungs>) => planRungs(...args).rungs.map(({ id }) => id);
const codeOf = (task: () => unknown) => {
  try {
    task();
  } catch (thrown) {
    return asAppError(thrown).code;
  }
  return 'none';
};

describe('planRungs', () => {
  test('half precision, then single, then the CPU', () => {
    expect(ids(ALL, {}, GPU)).toEqual(['webgpu-q4f16', 'webgpu-q4', 'wasm-q8']);
  });

  test('what the device lacks is left out, and why is said', () => {
    const { rungs, reasons } = planRungs(ALL, {}, { half: false, fallback: false });
    expect(rungs.map(({ id }) => id)).toEqual(['webgpu-q4', 'wasm-q8']);
    expect(reasons).toEqual([{ reason: 'lacks', values: { variant: 'webgpu-q4f16', features: ['shader-f16'] } }]);
    expect(ids(ALL, {}, null)).toEqual(['wasm-q8']);
    expect(ids(ALL, {}, { half: true, fallback: true })).toEqual(['wasm-q8']);
    expect(ids(ALL, { device: 'webgpu' }, { half: false, fallback: true })).toEqual(['webgpu-q4']);
  });

  test('each graph takes the best that there is of it', () => {
    const mixed = ['onnx/vision_encoder.onnx', 'onnx/embed_tokens_fp16.onnx', 'onnx/decoder_model_merged_q4.onnx'];
    const [first] = planRungs(mixed, {}, GPU).rungs;
    expect(first?.dtype).toEqual({ vision_encoder: 'fp32', embed_tokens: 'fp16', decoder_model_merged: 'q4' });
    expect(ids(files('_quantized'), {}, GPU)).toEqual(['wasm-q8']);
  });

  test('weights beside the graphs belong to them', () => {
    const data = ['onnx/decoder_model_merged_q4.onnx_data', 'onnx/decoder_model_merged_q4.onnx_data_1'];
    const [first] = planRungs([...files('_q4'), ...data], { device: 'wasm' }, null).rungs;
    expect(first?.dataFiles).toEqual({ 'decoder_model_merged_q4.onnx': 2 });
    expect(first?.paths).toEqual(expect.arrayContaining(data));
  });

  test('a wish is kept or refused', () => {
    expect(ids(ALL, { variant: 'fp32' }, GPU)).toEqual(['webgpu-fp32', 'wasm-fp32']);
    expect(ids(ALL, { variant: 'wasm-q8' }, GPU)).toEqual(['wasm-q8']);
    expect(codeOf(() => planRungs(ALL, { variant: 'q2' }, GPU))).toBe('request-invalid');
    expect(codeOf(() => planRungs(ALL, { device: 'webgpu' }, null))).toBe('webgpu-missing');
    expect(codeOf(() => planRungs(['model.safetensors'], {}, GPU))).toBe('model-unsupported');
    expect(codeOf(() => planRungs(files('_quantized'), { device: 'webgpu' }, GPU))).toBe('model-unsupported');
  });
});
