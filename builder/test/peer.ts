/** @huggingface/transformers in Node, with onnxruntime-web in the place of the native runtime that is not installed. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as Library from '@huggingface/transformers';
import * as ort from 'onnxruntime-web/wasm';

type SessionOptions = ort.InferenceSession.SessionOptions;

/** In Node the library hands over paths of models (and the bytes of its own small graphs); this runtime wants bytes. */
async function create(path: string | Uint8Array, options: SessionOptions): Promise<ort.InferenceSession> {
  if (typeof path !== 'string') return ort.InferenceSession.create(path, { ...options, executionProviders: ['wasm'] });
  const folder = dirname(path);
  const paths = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}_data`));
  const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(join(folder, name)));
  const externalData = await Promise.all(paths.map(async (name) => ({ path: name, data: await read(name) })));
  return ort.InferenceSession.create(await read(basename(path)), {
    ...options,
    executionProviders: ['wasm'],
    externalData,
  });
}

/** The library with `folder` as the place of its models. */
export async function openPeer(folder: string): Promise<typeof Library> {
  ort.env.wasm.numThreads = 1;
  // Looked up when the library is first imported. Its env says nothing of wasm, or files would be fetched for it.
  const runtime = { InferenceSession: { create }, Tensor: ort.Tensor, env: { versions: {} } };
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: runtime });
  const peer = await import('@huggingface/transformers');
  peer.env.allowRemoteModels = false;
  peer.env.localModelPath = folder;
  return peer;
}
