/** A model folder on disk → ModelFiles whose bytes have been checked against the manifest's SHA-256 sums. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ManifestFile, ModelFiles, ModelManifest } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';

async function readManifest(folder: string): Promise<ModelManifest> {
  const path = join(folder, 'manifest.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `There is no model in ${folder}: ${path} cannot be read. Name a folder that build-model wrote.`;
    throw new AppError('download-failed', message, { file: 'manifest.json' }, cause);
  }
  try {
    return parseManifest(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('manifest-invalid', `${path} is not JSON. Build the model again.`, {}, cause);
  }
}

/** Throws `chunk-corrupt` naming the first chunk that is not what the manifest promised. */
function verify(file: ManifestFile, bytes: Uint8Array, chunkBytes: number): void {
  const fail = (chunk: number) => {
    const message = `${file.path} is damaged or belongs to another build of the model. Copy or build the model again.`;
    return new AppError('chunk-corrupt', message, {
      file: file.path,
      chunk,
      bytes: bytes.length,
      expected: file.bytes,
    });
  };
  if (bytes.length !== file.bytes) throw fail(Math.floor(Math.min(bytes.length, file.bytes) / chunkBytes));
  for (const [i, sum] of file.chunks.entries()) {
    const chunk = bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes);
    if (createHash('sha256').update(chunk).digest('hex') !== sum) throw fail(i);
  }
}

/** Throws `download-failed` when there is no manifest, `manifest-invalid` when it breaks the format. */
export async function openModelFolder(folder: string): Promise<ModelFiles> {
  const manifest = await readManifest(folder);
  return {
    manifest,
    async read(path, signal) {
      signal?.throwIfAborted();
      const file = manifest.files.find((candidate) => candidate.path === path);
      if (!file) throw new AppError('manifest-invalid', `The manifest does not list ${path}.`, { file: path });
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = new Uint8Array(await readFile(join(folder, path)));
      } catch (cause) {
        const message = `${path} of the model in ${folder} cannot be read. Copy or build the model again.`;
        throw new AppError('download-failed', message, { file: path }, cause);
      }
      verify(file, bytes, manifest.chunk_bytes);
      return bytes;
    },
  };
}
