import { describe, expect, it } from 'vitest';
import { CrashPolicy, type CrashStorage } from './crash-policy.ts';

function memory(): CrashStorage & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

describe('CrashPolicy', () => {
  it('leaves the GPU alone after two losses, until it answers again', () => {
    const policy = new CrashPolicy('m', null);
    policy.lost();
    expect(policy.safeMode).toBe(false);
    policy.lost();
    expect(policy.safeMode).toBe(true);
    policy.forgive();
    expect(policy.safeMode).toBe(false);
  });

  it('counts starts that took the page along, per model', () => {
    const storage = memory();
    for (let page = 0; page < 2; page++) {
      const policy = new CrashPolicy('m', storage);
      expect(policy.safeMode).toBe(false);
      policy.startBegins();
      policy.startBegins();
      expect(policy.safeMode).toBe(false);
    }
    expect(new CrashPolicy('m', storage).safeMode).toBe(true);
    expect(new CrashPolicy('other', storage).safeMode).toBe(false);
  });

  it('forgets after a start that ended, and after a while', () => {
    const storage = memory();
    new CrashPolicy('m', storage).startBegins();
    const second = new CrashPolicy('m', storage);
    second.startBegins();
    second.startEnds();
    expect(new CrashPolicy('m', storage).failures).toBe(0);
    storage.setItem('unfinished-starts m', '{"starts":5,"time":1}');
    expect(new CrashPolicy('m', storage).failures).toBe(0);
  });

  it('waits longer before each start, and survives storage that is full, blocked or garbled', () => {
    const policy = new CrashPolicy('m', null);
    const waits = [0, 1, 2, 9].map((restart) => policy.waitBefore(restart));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    const refuse = (): never => {
      throw new Error('no');
    };
    const blocked = new CrashPolicy('m', { getItem: () => '{', setItem: refuse, removeItem: refuse });
    blocked.startBegins();
    blocked.startEnds();
    expect(blocked.safeMode).toBe(false);
  });
});
