/** A text or an object → a small file of the folder that is being written. */
import type { Sink } from '../../contract/files.ts';

/** What was there is replaced, whatever its length. */
export async function writeText(sink: Sink, path: string, text: string): Promise<void> {
  await sink.remove(path);
  await sink.write(path, 0, new TextEncoder().encode(text));
}
