import { expect, it } from 'vitest';
import { type CaseResult, judge, type Outcome, type QuickCase } from './case.ts';
import { type CaseBrowser, runCases } from './runner.ts';
import { nodeWorld } from './test/node-world.ts';

const healthy = (id: string): QuickCase => ({ id, title: id, state: 'ready', run: (world) => world.load() });

/** Worlds that need no browser, in something that can die like one. */
function fakeBrowsers() {
  let started = 0;
  let alive = false;
  const launch = async (): Promise<CaseBrowser<QuickCase>> => {
    started++;
    alive = true;
    return {
      alive: () => alive,
      open: async (one) => {
        const world = await nodeWorld();
        return { judge: () => judge(one, world, async () => {}), close: () => world.server.stop() };
      },
      close: async () => {
        alive = false;
      },
    };
  };
  const die = (): void => {
    alive = false;
  };
  return { launch, die, started: () => started };
}

it('a browser that dies fails the case it died in, and the others run in a new one', async () => {
  const { launch, die, started } = fakeBrowsers();
  const deadly: QuickCase = {
    ...healthy('deadly'),
    async run(): Promise<Outcome> {
      die();
      throw new Error('Target closed');
    },
  };
  const told: CaseResult[] = [];
  const results = await runCases([healthy('a'), deadly, healthy('b')], launch, (one) => told.push(one));
  expect(results.map(({ id, ok }) => [id, ok])).toEqual([
    ['a', true],
    ['deadly', false],
    ['b', true],
  ]);
  expect(results[1]?.problems).toEqual(['Target closed', 'the browser died in this case']);
  expect(told).toEqual(results);
  expect(started()).toBe(2);
});

it('a case that hangs, and what nobody caught, are failures of that case', async () => {
  const { launch } = fakeBrowsers();
  const hanging: QuickCase = { ...healthy('hanging'), run: () => new Promise(() => {}) };
  const stray: QuickCase = {
    ...healthy('stray'),
    run(world) {
      void Promise.reject(new Error('lost'));
      return world.load();
    },
  };
  const [hung] = await runCases([hanging], launch, () => {}, 100);
  expect(hung?.problems).toEqual(['no end within 0.1 s']);
  const results = await runCases([stray, healthy('c')], launch, () => {});
  expect(results.map(({ problems }) => problems)).toEqual([['nobody caught: lost'], []]);
});

it('a browser that does not start fails every case, and each says why', async () => {
  const launch = () => Promise.reject(new Error('no browser'));
  const results = await runCases([healthy('a'), healthy('b')], launch, () => {});
  expect(results.map(({ ok, problems }) => [ok, problems[0]])).toEqual([
    [false, 'the browser did not start: no browser'],
    [false, 'the browser did not start: no browser'],
  ]);
});
