/** The harness page: one worker for each contender, driven from outside call by call. */
import { type Remote, wrap } from 'comlink';
import { allowOwnScripts } from '../../../workers/trusted-scripts.ts';
import { copyBandwidth } from './bandwidth.ts';
import type { Contender } from './contender.ts';

allowOwnScripts();

const WORKERS = {
  own: () => new Worker(new URL('./own.worker.ts', import.meta.url), { type: 'module' }),
  peer: () => new Worker(new URL('./peer.worker.ts', import.meta.url), { type: 'module' }),
  wllama: () => new Worker(new URL('./wllama.worker.ts', import.meta.url), { type: 'module' }),
  bare: () => new Worker(new URL('./bare.worker.ts', import.meta.url), { type: 'module' }),
} as const;
type Name = keyof typeof WORKERS;

const running = new Map<Name, Remote<Contender>>();

/** A scene that no other number gives: pictures are recognised by their content. */
async function picture(number: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(384, 384);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is no canvas.');
  context.fillStyle = `rgb(250 250 ${number % 251})`;
  context.fillRect(0, 0, 384, 384);
  context.fillStyle = 'red';
  context.beginPath();
  context.arc(100 + (Math.floor(number / 251) % 50), 100, 60, 0, 7);
  context.fill();
  context.fillStyle = 'blue';
  context.fillRect(220, 40, 110, 110);
  return canvas.convertToBlob();
}

async function call(name: Name, method: string, args: unknown[]): Promise<unknown> {
  let contender = running.get(name);
  if (!contender) {
    contender = wrap<Contender>(WORKERS[name]());
    running.set(name, contender);
  }
  const withPicture = /first|follow/i.test(method) ? [await picture(args[0] as number)] : args;
  const methods = contender as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>;
  return methods[method]?.(...withPicture);
}

Object.assign(globalThis, { bench: { call, copyBandwidth } });
