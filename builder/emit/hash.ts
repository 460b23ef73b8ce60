/** A file in the model folder → its entry in the manifest: size and the SHA-256 of every chunk. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_BYTES, type ManifestFile } from '../../contract/manifest.ts';

export async function describeFile(folder: string, path: string): Promise<ManifestFile> {
  const file = await open(join(folder, path), 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const chunks: string[] = [];
    let bytes = 0;
    for (;;) {
      const filled = await fill(file, buffer, bytes);
      if (filled === 0) break;
      chunks.push(createHash('sha256').update(buffer.subarray(0, filled)).digest('hex'));
      bytes += filled;
    }
    return { path, bytes, chunks };
  } finally {
    await file.close();
  }
}

async function fill(file: Awaited<ReturnType<typeof open>>, buffer: Uint8Array, from: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
