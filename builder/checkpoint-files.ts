/** The files of a repository → those that the builder reads. */
import { AppError } from '../contract/errors.ts';

const WANTED =
  /^(config\.json|(?:pre)?processor_config\.json|tokenizer\.json|tokenizer_config\.json|model\.safetensors\.index\.json|model[A-Za-z0-9._-]*\.safetensors)$/;

/** Throws `download-failed` when there are no weights among them that can be read. */
export function checkpointFiles<T extends { path: string }>(files: readonly T[], repo: string): T[] {
  const wanted = files.filter(({ path }) => WANTED.test(path));
  if (wanted.some(({ path }) => path.endsWith('.safetensors'))) return wanted;
  const message = `${repo} has no safetensors weights, which are the only ones that are read.`;
  throw new AppError('download-failed', message, { repo });
}
