/** The name of a benchmark → its committed data set, or a changed copy of it, read by the task. */
import { join } from 'node:path';
import { DataFolder } from '../read/files.ts';
import { findSplit, findTask } from '../tasks/index.ts';
import { FIXTURES } from './draw-benchmarks.ts';

export const load = (name: string, split?: string, folder = join(FIXTURES, name)) => {
  const task = findTask(name);
  return task.load(new DataFolder(folder), findSplit(task, split));
};
