import { afterEach, expect, test } from 'vitest';
import type { Down, Up } from '../contract/wire.ts';
import { callable } from './serve.ts';

interface Calls {
  count: { args: [to: number]; event: number; result: string };
  wait: { args: []; event: never; result: null };
  unsendable: { args: []; event: never; result: () => void };
}

const answer = callable<Calls>({
  async count({ send }, to) {
    for (let number = 1; number <= to; number++) send(number);
    return 'counted';
  },
  unsendable: () => () => {},
  wait: ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
});
const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** Makes a call; what comes up is gathered until the end of it. */
function call(name: string, ...args: unknown[]) {
  const { port1: port, port2: far } = new MessageChannel();
  open.push(port);
  const said: Up<Calls[keyof Calls]>[] = [];
  const ended = new Promise<typeof said>((resolve) => {
    port.onmessage = ({ data }: MessageEvent<(typeof said)[number]>) => {
      said.push(data);
      if (data !== 'pong' && !('event' in data)) resolve(said);
    };
  });
  answer(name, args, far);
  return { tell: (message: Down) => port.postMessage(message), ended };
}

test('events come in order, and the result after the last of them, without a receipt', async () => {
  const said = await call('count', 1000).ended;
  expect(said).toEqual([...Array.from({ length: 1000 }, (_, i) => ({ event: i + 1 })), { result: 'counted' }]);
});

test('a call answers pings while it runs, and ends by an error when it is aborted', async () => {
  const { tell, ended } = call('wait');
  tell('ping');
  tell('ping');
  tell('abort');
  expect(await ended).toEqual(['pong', 'pong', { error: { code: 'cancelled', message: 'Stopped.', evidence: {} } }]);
});

test('a result that cannot travel is an error', async () => {
  expect(await call('unsendable').ended).toMatchObject([{ error: { code: 'backend-failed' } }]);
});

test('a call that nobody answers is an error', async () => {
  expect(await call('toString').ended).toMatchObject([{ error: { code: 'backend-failed' } }]);
});
