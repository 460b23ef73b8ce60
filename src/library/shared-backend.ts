/** Everything on a page that wants the same model on the same device → one worker, freed when the last one lets go. */
import { AppError, asAppError } from '../../contract/errors.ts';
import type { Backend, Device, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import { ForwardingBackend } from '../backends/forwarding.ts';
import { createWorkerBackend } from '../backends/worker.ts';
import { startRuntimeWorker, workerUrl } from './runtime-worker.ts';

export interface BackendPlace {
  /** The runtime folder, with a trailing slash. */
  runtime: URL;
  /** The model folder, with a trailing slash. */
  modelUrl: URL;
  device: Device | undefined;
}

/** Stands in for the real thing in tests. */
export type StartBackend = (place: BackendPlace) => Backend;

interface Entry {
  backend: Backend;
  holders: number;
}

const entries = new Map<string, Entry>();
/** Ends of backends that were let go: a new one of the same place waits, or two models would be in memory at once. */
const ending = new Map<string, Promise<void>>();

const startBackend: StartBackend = ({ runtime, modelUrl, device }) =>
  createWorkerBackend({
    modelUrl: modelUrl.href,
    ...(device ? { device } : {}),
    createWorker: () => startRuntimeWorker(runtime),
  });

/** One holder's grip on a shared backend. After `dispose` it must not be used. */
export class SharedBackend extends ForwardingBackend {
  readonly #key: string;
  readonly #entry: Entry;
  readonly #runtime: URL;
  #released = false;

  constructor(place: BackendPlace, start: StartBackend = startBackend) {
    super();
    this.#key = JSON.stringify([place.runtime.href, place.modelUrl.href, place.device ?? null]);
    this.#runtime = place.runtime;
    this.#entry = entries.get(this.#key) ?? { backend: start(place), holders: 0 };
    this.#entry.holders += 1;
    entries.set(this.#key, this.#entry);
  }

  /** As `Backend.load`; a worker that did not start because its files are not there is told apart from one that crashed. */
  override async load(options?: LoadOptions): Promise<ModelInfo> {
    await ending.get(this.#key);
    try {
      return await super.load(options);
    } catch (thrown) {
      const error = asAppError(thrown);
      throw error.code === 'worker-lost' ? await this.#explain(error) : error;
    }
  }

  /** Lets go; the worker is freed when nobody else holds it. */
  override async dispose(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#entry.holders -= 1;
    if (this.#entry.holders > 0) return;
    entries.delete(this.#key);
    const end = this.#entry.backend.dispose();
    ending.set(this.#key, end);
    await end;
    if (ending.get(this.#key) === end) ending.delete(this.#key);
  }

  protected async inner(): Promise<Backend> {
    if (this.#released) throw new AppError('request-invalid', 'This assistant was disposed of. Create a new one.');
    return this.#entry.backend;
  }

  async #explain(lost: AppError): Promise<AppError> {
    const url = workerUrl(this.#runtime).href;
    const reason = await fetch(url, { method: 'HEAD', credentials: 'omit' }).then(
      ({ ok, status }) => (ok ? null : `status ${status}`),
      () => 'no answer, or no CORS headers',
    );
    if (reason === null) return lost;
    const message = `The runtime files are not at ${url} (${reason}). Copy the package's runtime folder there, or pass baseUrl.`;
    return new AppError('download-failed', message, { reason }, lost);
  }
}
