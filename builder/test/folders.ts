/** Paths on a disk, as tests have them → what the builder takes instead. */
import type { ModelManifest, Variant } from '../../contract/manifest.ts';
import { folderSink } from '../../files/node/sink.ts';
import { folderSource } from '../../files/node/source.ts';
import { createWasmRuntime } from '../../runtime/ort.ts';
import { type Golden, readGolden } from '../golden.ts';
import { openVariant, type Runner } from '../runner.ts';
import { type TinyOptions, writeTinyCheckpoint } from '../tiny.ts';
import { type Safetensors, openSafetensors } from '../weights/safetensors.ts';

type FolderOptions = Omit<TinyOptions, 'tower'> & { tower?: string };

export function writeTinyFolder(directory: string, { tower, ...options }: FolderOptions = {}): Promise<void> {
  return writeTinyCheckpoint(folderSink(directory), { ...options, ...(tower ? { tower: folderSink(tower) } : {}) });
}

export function openBuilt(folder: string, manifest: ModelManifest, variant: Variant, chunk?: number): Promise<Runner> {
  const trial = { files: folderSource(folder), createRuntime: createWasmRuntime };
  return openVariant(trial, manifest, variant, chunk);
}

export function openGolden(folder: string, vocabSize: number): Promise<Golden> {
  return readGolden(folderSource(folder), 'golden.safetensors', vocabSize);
}

export function openWeights(folder: string, name = 'model.safetensors'): Promise<Safetensors> {
  return openSafetensors(folderSource(folder), name);
}
