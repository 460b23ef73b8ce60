/** Messages to this window → the one MessagePort of an allowed page around it; all others meet silence. */
import { asApiError, invalid } from '../completions/api-error.ts';
import { isPlain, readConnect } from './check.ts';
import { type Connect, type FrameMessage, type Hello, PROTOCOL_VERSION } from './protocol.ts';

/** What of a window is needed here; tests bring their own. */
export interface FrameWindow {
  readonly parent: { postMessage(message: unknown, targetOrigin: string): void };
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

const HELLO: Hello = { type: 'mipha-hello', version: PROTOCOL_VERSION };

function send(port: MessagePort | undefined, message: FrameMessage): void {
  port?.postMessage(message);
}

/**
 * Calls `accept` once in the life of the window. An origin that is not allowed learns nothing, not even that it was
 * refused. `greet` are the origins that are told at once that the frame listens.
 */
export function listenForPage(
  frame: FrameWindow,
  allowed: ReadonlySet<string>,
  greet: Iterable<string>,
  accept: (port: MessagePort, options: Connect) => void,
): void {
  let taken = false;
  frame.addEventListener('message', ({ source, origin, data, ports }) => {
    // The origin "null" is every sandboxed and every local page at once; no list can hold it.
    if (source !== frame.parent || origin === 'null' || !allowed.has(origin) || !isPlain(data)) return;
    const type = Object.hasOwn(data, 'type') ? data['type'] : undefined;
    if (type === HELLO.type) frame.parent.postMessage(HELLO, origin);
    if (type !== 'mipha-connect') return; // for somebody else
    const [port] = ports;
    try {
      if (!port || ports.length !== 1) throw invalid('ports', 'mipha-connect has to bring one MessagePort.');
      const options = readConnect(data);
      if (taken) throw invalid('type', 'This frame is connected already. Load it again to connect anew.');
      taken = true;
      send(port, { type: 'connected', version: PROTOCOL_VERSION });
      accept(port, options);
    } catch (thrown) {
      send(port, { type: 'failure', id: null, error: asApiError(thrown).error });
    }
  });
  for (const origin of greet) frame.parent.postMessage(HELLO, origin);
}
