/** Paths as a person typed them → absolute paths; `npm run` changes the folder and says where it was called from. */
import { join, resolve } from 'node:path';

/** The model that the site brings along. */
export const DEFAULT_MODEL = join(import.meta.dirname, '../public/models/mipha-nano');

export function typedPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}
