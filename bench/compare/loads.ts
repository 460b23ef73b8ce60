/** A contender in a browser that knows nothing → how long it loads, the first time and again, and the memory that takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContenderName, Harness, launchWithProfile, peakMemory } from './harness.ts';
import { note, type Samples } from './ratios.ts';

/** With a profile on disk: a private window would keep what it stores in memory. */
export async function measureLoad(samples: Samples, name: ContenderName, url: string, setup: object): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'bench-'));
  const context = await launchWithProfile(profile);
  try {
    const cold = await Harness.open(context, url);
    note(samples, 'load cold', name, (await cold.call(name, 'load', setup)).ms);
    await notePeak(samples, 'peak memory of a cold load', name, cold);
    await cold.page.close();
    const warm = await Harness.open(context, url);
    note(samples, 'load warm', name, (await warm.call(name, 'load', setup)).ms);
    await notePeak(samples, 'peak memory of a warm load', name, warm);
    if (name === 'bare') return;
    note(samples, 'first question after it', name, (await warm.call(name, 'firstQuestion', 0)).ms);
    await notePeak(samples, 'peak memory', name, warm);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function notePeak(samples: Samples, metric: string, name: ContenderName, { page }: Harness): Promise<void> {
  const peak = await peakMemory(page);
  if (peak !== undefined) note(samples, metric, name, peak);
}
