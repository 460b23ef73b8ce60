/** A loop that never waits → one that lets waiting events run in between. */

const environment = globalThis as { setImmediate?: (callback: () => void) => void };

/** Those who wait for their turn after the events that are waiting now. */
const waiting: (() => void)[] = [];
let channel: MessageChannel | null = null;

/** Resolves when the events that are waiting now have run: above all a message that says Stop. Sooner than any timer. */
export function letEventsRun(): Promise<void> {
  return new Promise((resolve) => {
    if (environment.setImmediate) {
      environment.setImmediate(resolve);
      return;
    }
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
