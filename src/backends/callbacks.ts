/** A function → something Comlink can send to a worker, whose message port is closed again when the call is over. */
import { expose, proxy, transferHandlers } from 'comlink';

const ports = new WeakMap<object, MessagePort[]>();
let installed = false;

/**
 * Comlink's own handler for proxied callbacks keeps no hold of the port it opens, so only the far side, or garbage
 * collection there, could ever close it. This one speaks the same wire format and remembers the port.
 */
function installHandler(): void {
  if (installed) return;
  installed = true;
  const original = transferHandlers.get('proxy');
  if (!original) throw new Error('comlink has no proxy handler');
  transferHandlers.set('proxy', {
    ...original,
    serialize(callback: unknown): [MessagePort, Transferable[]] {
      const { port1, port2 } = new MessageChannel();
      expose(callback, port1);
      const owner = callback as object;
      ports.set(owner, [...(ports.get(owner) ?? []), port1]);
      return [port2, [port2]];
    },
  });
}

/** Marks `callback` for the wire. Call `close` once the worker will not call it any more: its calls then go nowhere. */
export function openCallback<T>(callback: (value: T) => void): { callback: (value: T) => void; close: () => void } {
  installHandler();
  const marked = proxy((value: T) => callback(value));
  return {
    callback: marked,
    close() {
      for (const port of ports.get(marked) ?? []) port.close();
      ports.delete(marked);
    },
  };
}
