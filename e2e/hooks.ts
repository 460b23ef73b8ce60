/** Faults for workers: code that runs in the first inference worker before its entry does, where the page cannot reach. */
import type { Page } from '@playwright/test';

/** Puts `code` before the script of the first inference worker (or of every one); blocks nothing else. */
export async function hookWorker(page: Page, code: string, { every = false } = {}): Promise<void> {
  let first = true;
  await page.route('**/inference.worker-*.js', async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    await route.fulfill({ response, body: first || every ? `${code}\n${body}` : body });
    first = false;
  });
}

/** Code that runs `fault` as the worker sends piece number `piece` of an answer. */
export const atPiece = (piece: number, fault: string): string => `
  let pieces = 0;
  const send = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (JSON.stringify(message).includes('"type":"text"') && ++pieces === ${piece}) { ${fault} }
    return send.call(this, message, ...rest);
  };`;

/** Code that lets each piece of an answer take `milliseconds`, so that there is time to do something meanwhile. */
export const slowPieces = (milliseconds: number): string => `
  const send = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (JSON.stringify(message).includes('"type":"text"')) {
      const end = performance.now() + ${milliseconds};
      while (performance.now() < end);
    }
    return send.call(this, message, ...rest);
  };`;
