/** LLaVA's question files (`question_id`, `image`, `text`, `category` a line) → questions whose prompt is the file's text. */
import type { DataFolder } from '../read/files.ts';
import type { Row } from '../read/row.ts';
import type { Question } from '../task.ts';

export interface LlavaQuestion extends Question {
  /** Of the file; several questions may share it. */
  question_id: string;
  row: Row;
}

/** Ids made unique: the second question of an id becomes `id#2`, in the order of the file. */
export function uniqueIds(): (id: string) => string {
  const seen = new Map<string, number>();
  return (id) => {
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}#${count}`;
  };
}

/** `folder` is where the pictures of the file lie. */
export async function readLlavaQuestions(data: DataFolder, name: string, folder: string): Promise<LlavaQuestion[]> {
  const unique = uniqueIds();
  return (await data.lines(name)).map((row) => {
    const question_id = row.id('question_id');
    const picture = { path: `${folder}${row.text('image', 1)}` };
    return { id: unique(question_id), question_id, picture, prompt: row.text('text', 1), row };
  });
}
