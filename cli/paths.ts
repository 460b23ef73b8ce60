/** Paths as a person typed them → absolute paths; `npm run` changes the folder and says where it was called from. */
import { resolve } from 'node:path';

export function typedPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}
