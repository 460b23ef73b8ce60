/** The keeper of models → the list the dialog shows, and what is being done, one thing at a time. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LoadProgress } from '../../../contract/backend.ts';
import { AppError, asAppError } from '../../../contract/errors.ts';
import type { DeviceFit, KeepOptions, KeptModels, LocalFile, ModelOffer } from '../../../contract/stored-models.ts';
import { askToPersist, isKeptOnly, type Models, type OfferedModel } from './choice.ts';

export type Task = (options: KeepOptions) => Promise<unknown>;

/** Where the browser does not keep a model, it can still run until the page is closed. */
const isNotKept = ({ code }: AppError): boolean => code === 'quota' || code === 'storage-blocked';

/** What is kept, with news of each model, read anew when something changes here or in another tab. */
function useKept({ store }: Models, onError: (error: AppError) => void) {
  const [kept, setKept] = useState<KeptModels | null>(null);
  const [offers, setOffers] = useState<Record<string, ModelOffer>>({});
  const note = useCallback((offer: ModelOffer) => setOffers((all) => ({ ...all, [offer.modelUrl]: offer })), []);
  const refresh = useCallback(async () => {
    const list = await store.list();
    setKept(list);
    for (const { modelUrl, source } of list.models) {
      if (source === 'hub') continue;
      // Nobody but this page's own server is asked for news without a press. A model whose server cannot be reached is
      // still listed, only without news.
      const offer = await store.inspect(modelUrl, { keptOnly: isKeptOnly(modelUrl) }).catch(() => null);
      if (offer) note(offer);
    }
  }, [store, note]);
  useEffect(() => {
    const again = (): void => void refresh().catch((thrown: unknown) => onError(asAppError(thrown)));
    again();
    return store.watch(again);
  }, [store, refresh, onError]);
  return { kept, offers, note, refresh };
}

export interface Offered {
  model: OfferedModel;
  /** How it goes with this device; null when that is not known. */
  fit: DeviceFit | null;
}

/** The models that are offered by name; empty until they have come. */
export function useOffered({ store, catalogue }: Models): Offered[] {
  const [offered, setOffered] = useState<Offered[]>([]);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const models = await catalogue();
      // Without news of this device the models are offered all the same.
      const fits = await store.fit(models.map(({ bytes }) => bytes)).catch(() => []);
      setOffered(models.map((model, index) => ({ model, fit: fits[index] ?? null })));
    };
    load().catch(() => {
      // The list did not arrive: an address can still be entered.
    });
  }, [store, catalogue]);
  return offered;
}

/** One thing at a time, with how far it is and how it failed; what runs when the dialog closes is paused. */
function useTask(refresh: () => Promise<void>, setError: (error: AppError | null) => void) {
  const [progress, setProgress] = useState<LoadProgress | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  const run = useCallback(
    async (task: Task) => {
      if (running.current) return;
      const controller = new AbortController();
      running.current = controller;
      setBusy(true);
      setError(null);
      try {
        await task({ signal: controller.signal, onProgress: setProgress });
        await refresh();
      } catch (thrown) {
        const failure = asAppError(thrown);
        if (failure.code !== 'cancelled') setError(failure);
      } finally {
        running.current = null;
        setBusy(false);
        setProgress(null);
      }
    },
    [refresh, setError],
  );
  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);
  return { progress, busy, run, stop };
}

export function useManager(models: Models) {
  const { store, runFiles } = models;
  const [error, setError] = useState<AppError | null>(null);
  /** Why the model that was just added runs from memory. */
  const [notKept, setNotKept] = useState<AppError | null>(null);
  const { kept, offers, note, refresh } = useKept(models, setError);
  const { progress, busy, run, stop } = useTask(refresh, setError);

  /** Adds a model; where it cannot be kept, `files` run from memory instead. */
  function add(keep: Task, files: (options: KeepOptions) => Promise<readonly LocalFile[]>): Promise<void> {
    setNotKept(null);
    void askToPersist();
    return run(async (options) => {
      try {
        await keep(options);
      } catch (thrown) {
        const reason = asAppError(thrown);
        if (!isNotKept(reason)) throw reason;
        runFiles(await files(options));
        setNotKept(reason);
      }
    });
  }
  /** `then` runs once the model is kept here whole. */
  const fetchModel = (modelUrl: string, then?: () => void): Promise<void> =>
    add(
      async (options) => {
        await store.fetch(modelUrl, options);
        then?.();
      },
      (options) => store.borrow(modelUrl, options),
    );
  const importFiles = (picked: Promise<LocalFile[]>): Promise<void> =>
    add(
      async (options) => store.importFiles(await picked, options),
      () => picked,
    );
  /** Asks the model's server what it has now. */
  async function inspect(modelUrl: string): Promise<ModelOffer | null> {
    let found: ModelOffer | null = null;
    await run(async ({ signal }) => {
      found = await store.inspect(modelUrl, { signal });
      note(found);
    });
    return found;
  }
  const refuse = (message: string, reason: string): void =>
    setError(new AppError('request-invalid', message, { reason }));
  return { kept, offers, busy, progress, error, notKept, run, importFiles, fetchModel, inspect, refuse, stop };
}

export type Manager = ReturnType<typeof useManager>;
