/** A file in the model folder → its entry in the manifest: size and the SHA-256 of every chunk. */
import type { Source } from '../../contract/files.ts';
import { CHUNK_BYTES, type ManifestFile } from '../../contract/manifest.ts';
import { sha256 } from '../../files/sha256.ts';

/** Throws what the source throws. */
export async function describeFile(files: Source, path: string): Promise<ManifestFile> {
  const chunks: Promise<string>[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await files.read(path, bytes, bytes + CHUNK_BYTES);
    await chunks.at(-1); // while one chunk is hashed the next is read, and no more are held
    if (chunk.length === 0) break;
    bytes += chunk.length;
    chunks.push(sha256(chunk));
    if (chunk.length < CHUNK_BYTES) break;
  }
  return { path, bytes, chunks: await Promise.all(chunks) };
}
