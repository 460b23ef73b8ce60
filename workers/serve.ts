/** Calls that arrive, each with a port of its own → handlers, and what comes of them back up that port. */
import { expose } from 'comlink';
import { settle } from '../contract/errors.ts';
import { type Call, type Caller, type Calls, type Down, type Handlers, HOLD, type Up } from '../contract/wire.ts';

type Handler = (caller: Caller<unknown>, ...args: unknown[]) => unknown;

/** Takes a lock for ever; the browser gives it back when this thread ends, in whatever way. */
function hold(name: string): Promise<null> {
  return new Promise((held, refused) => {
    navigator.locks.request(name, () => new Promise<void>(() => held(null))).catch(refused);
  });
}

/** The function that a worker exposes. The caller closes the port once it has the end of its call. */
export function callable<C extends Calls<C>>(handlers: Handlers<C>) {
  const handlerOf = new Map<string, Handler>(Object.entries<Handler>(handlers as Record<string, Handler>));
  handlerOf.set(HOLD, (_caller, name) => hold(name as string));

  async function perform(name: string, args: unknown[], port: MessagePort): Promise<void> {
    const controller = new AbortController();
    const say = (message: Up<Call>): void => port.postMessage(message);
    port.onmessage = ({ data }: MessageEvent<Down>) => {
      if (data === 'ping') say('pong');
      else controller.abort(new DOMException('Stopped.', 'AbortError'));
    };
    const caller: Caller<unknown> = { send: (event) => say({ event }), signal: controller.signal };
    const ended = await settle(async () => {
      const handler = handlerOf.get(name);
      if (!handler) throw new TypeError(`This worker knows no call ${name}.`);
      say({ result: await handler(caller, ...args) });
    });
    if (!ended.ok) say({ error: ended.error });
  }
  return (name: string, args: unknown[], port: MessagePort): void => void perform(name, args, port);
}

/** The last line of a worker: from now on it answers. */
export function serve<C extends Calls<C>>(handlers: Handlers<C>): void {
  expose(callable(handlers));
}
