/** All questions of a split → those that this call asks: the first N, or one of n shards; a picture's stay together. */
import { AppError } from '../../../contract/errors.ts';
import type { Picture, Question } from '../task.ts';
import { groupBy } from '../tasks/group.ts';

export interface Selection {
  limit: number;
  /** `index` from 0 to `count - 1`. */
  shard: { index: number; count: number } | null;
}

/** `i/n`, i from 0. Throws `request-invalid`. */
export function parseShard(text: string): { index: number; count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match && index < count) return { index, count };
  const message = `--shard has to be i/n with i from 0 to n - 1, for example 0/4, not "${text}".`;
  throw new AppError('request-invalid', message, {});
}

const keyOf = (picture: Picture | null) =>
  picture === null ? null : 'path' in picture ? picture.path : picture.base64;

/**
 * In the order in which they are asked: questions about one picture follow each other, because its features are kept.
 * Every shard gets every n-th picture, so that shards are alike in length and kind.
 */
export function select<Q extends Question>(questions: readonly Q[], { limit, shard }: Selection): Q[] {
  const first = questions.slice(0, limit);
  // Questions about text alone share no picture: each is a group of its own.
  const groups = [...groupBy(first, ({ picture, id }) => keyOf(picture) ?? `\0${id}`).values()];
  return groups.filter((_, i) => shard === null || i % shard.count === shard.index).flat();
}
