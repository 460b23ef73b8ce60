/** A model folder → a predictor that runs the engine here, on the CPU, in as many processes as there are cores. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { asAppError, type Result, unwrap } from '../../../contract/errors.ts';
import type { Asked, Predicted, Predictor, PredictorIdentity } from './predictor.ts';

export type EngineRequest = { type: 'ask'; asked: Asked } | { type: 'cancel' };

/**
 * One engine in a process of its own. An engine computes one thing at a time, and in Node on one core: several of them
 * keep all cores busy, decode the next picture while another is computed, and cost one copy of the weights each.
 */
class EngineProcess {
  readonly #child: ChildProcess;

  constructor(model: string, variant: string | undefined) {
    const words = variant === undefined ? [model] : [model, variant];
    const execArgv = ['--import', import.meta.resolve('tsx')];
    // The advanced form carries bytes as they are.
    const options = { execArgv, serialization: 'advanced' } as const;
    this.#child = fork(join(import.meta.dirname, 'engine-process.ts'), words, options);
  }

  #send(request: EngineRequest): void {
    this.#child.send(request);
  }

  /** The next message; a process that ended instead is an error. */
  async receive<T>(): Promise<T> {
    const over = new AbortController();
    const { signal } = over;
    try {
      const ended = once(this.#child, 'exit', { signal }).then(([status]) => {
        throw new Error(`The engine's process ended with status ${status}.`);
      });
      const [result] = (await Promise.race([once(this.#child, 'message', { signal }), ended])) as [Result<T>];
      return unwrap(result);
    } catch (thrown) {
      throw asAppError(thrown);
    } finally {
      over.abort();
    }
  }

  async ask(asked: Asked, signal: AbortSignal): Promise<Predicted> {
    const cancel = () => this.#send({ type: 'cancel' });
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answer = this.receive<Predicted>();
      this.#send({ type: 'ask', asked });
      return await answer;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

export interface EnginePredictorOptions {
  model: string;
  variant: string | undefined;
  parallel: number;
}

/** Throws what loading the model throws. */
export async function openEnginePredictor({ model, variant, parallel }: EnginePredictorOptions): Promise<Predictor> {
  const processes = Array.from({ length: parallel }, () => new EngineProcess(model, variant));
  const close = async () => {
    for (const each of processes) each.close();
  };
  try {
    const loaded = await Promise.all(processes.map((each) => each.receive<Omit<PredictorIdentity, 'backend'>>()));
    const [identity] = loaded;
    if (!identity) throw new Error('An engine predictor needs a process.');
    return {
      identity: { backend: 'engine', ...identity },
      parallel,
      answer: (asked, signal, lane) => (processes[lane] as EngineProcess).ask(asked, signal),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
