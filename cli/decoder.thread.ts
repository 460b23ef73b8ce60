/** A thread that takes encoded pictures and gives their pixels back, so that whoever asks can go on meanwhile. */
import { parentPort } from 'node:worker_threads';
import { type Result, settle } from '../contract/errors.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { decodeImage, type PictureLimits } from './node-image.ts';

export interface DecodeOrder {
  bytes: Uint8Array;
  limits: PictureLimits;
}

export type Decoded = Result<RgbaImage>;

parentPort?.on('message', ({ bytes, limits }: DecodeOrder) => {
  void settle(() => decodeImage(bytes, limits)).then((result: Decoded) => {
    const own = result.ok ? [result.value.data.buffer as ArrayBuffer] : [];
    parentPort?.postMessage(result, own);
  });
});
