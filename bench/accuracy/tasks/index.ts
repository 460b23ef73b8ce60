/** The name of a benchmark → its task. */
import { AppError } from '../../../contract/errors.ts';
import type { Task } from '../task.ts';
import { gqa } from './gqa.ts';
import { mmbench } from './mmbench.ts';
import { mme } from './mme.ts';
import { mmvet } from './mmvet.ts';
import { pope } from './pope.ts';
import { scienceqa } from './scienceqa.ts';
import { seed } from './seed.ts';
import { textvqa } from './textvqa.ts';
import { vizwiz } from './vizwiz.ts';
import { vqav2 } from './vqav2.ts';

export const TASKS: readonly Task[] = [vqav2, gqa, vizwiz, scienceqa, textvqa, pope, mme, mmbench, seed, mmvet];

/** Throws `request-invalid` and names those that exist. */
export function findTask(name: string): Task {
  const task = TASKS.find((candidate) => candidate.name === name);
  if (task) return task;
  const known = TASKS.map((candidate) => candidate.name).join(', ');
  throw new AppError('request-invalid', `There is no task ${name}. There are: ${known}.`, { task: name });
}

/** The wanted split, or the one whose numbers are published. Throws `request-invalid` for an unknown one. */
export function findSplit(task: Task, wanted: string | undefined): string {
  const split = wanted ?? task.splits[0] ?? '';
  if (task.splits.includes(split)) return split;
  const message = `${task.name} has no split ${split}. It has: ${task.splits.join(', ')}.`;
  throw new AppError('request-invalid', message, { task: task.name, split });
}
