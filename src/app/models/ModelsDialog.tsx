/** What is kept in this browser → a list to use, update and delete, and the way to add a model from files. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LoadProgress } from '../../../contract/backend.ts';
import { type AppError, asAppError } from '../../../contract/errors.ts';
import type { KeptModels, LocalFile, ModelOffer, StoredModelEntry } from '../../../contract/stored-models.ts';
import { failureOf } from '../failures.ts';
import { Dialog } from '../Dialog.tsx';
import { duration, fill, megabytes, number, useWords } from '../language.ts';
import { percentOf } from '../progress.ts';
import { agree, chooseModel, isKeptOnly, type Models } from './choice.ts';

type Task = (signal: AbortSignal, onProgress: (progress: LoadProgress) => void) => Promise<unknown>;

/** The list and what is being done, one thing at a time. */
function useManager({ store }: Models) {
  const [kept, setKept] = useState<KeptModels | null>(null);
  const [offers, setOffers] = useState<Record<string, ModelOffer>>({});
  const [progress, setProgress] = useState<LoadProgress | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const running = useRef<AbortController | null>(null);
  const refresh = useCallback(async () => {
    const list = await store.list();
    setKept(list);
    for (const { modelUrl } of list.models) {
      // A model whose server cannot be reached is still listed, only without news.
      const offer = await store.inspect(modelUrl).catch(() => null);
      if (offer) setOffers((before) => ({ ...before, [modelUrl]: offer }));
    }
  }, [store]);
  const run = useCallback(
    async (task: Task) => {
      if (running.current) return;
      const controller = new AbortController();
      running.current = controller;
      setError(null);
      try {
        await task(controller.signal, setProgress);
        await refresh();
      } catch (thrown) {
        const failure = asAppError(thrown);
        if (failure.code !== 'cancelled') setError(failure);
      } finally {
        running.current = null;
        setProgress(null);
      }
    },
    [refresh],
  );
  useEffect(() => {
    // The state is set when the worker has answered, not within the effect.
    // oxlint-disable-next-line react/set-state-in-effect
    refresh().catch((thrown: unknown) => setError(asAppError(thrown)));
    return () => running.current?.abort();
  }, [refresh]);
  return { kept, offers, progress, error, run, stop: () => running.current?.abort() };
}

function ProgressLine({ progress, onStop }: { progress: LoadProgress; onStop: () => void }) {
  const w = useWords().models;
  const { loaded_bytes, total_bytes, bytes_per_second, seconds_left } = progress;
  return (
    <div>
      <p className="status-line">
        {fill(w.progress, { loaded: number(loaded_bytes / 1e6, 1), total: megabytes(total_bytes) })}
        {bytes_per_second !== undefined && ` · ${fill(w.speed, { speed: megabytes(bytes_per_second) })}`}
        {seconds_left !== undefined && ` · ${fill(w.left, { time: duration(Math.ceil(seconds_left), 'second') })}`}
      </p>
      <progress aria-label={w.working} max={100} value={percentOf(progress)} />
      <button type="button" className="button" onClick={onStop}>
        {w.pause}
      </button>
    </div>
  );
}

interface EntryProps {
  entry: StoredModelEntry;
  offer: ModelOffer | undefined;
  models: Models;
  busy: boolean;
  onRun: (task: Task) => void;
}

function Entry({ entry, offer, models, busy, onRun }: EntryProps) {
  const w = useWords().models;
  const { modelUrl, name, stored_bytes, complete } = entry;
  const current = modelUrl === models.current;
  const canUse = !current && complete && (isKeptOnly(modelUrl) || modelUrl === models.embedded);
  const unfit = offer?.unfit ?? null;
  const fetchable = offer && offer.missing_bytes > 0 && !isKeptOnly(modelUrl);
  return (
    <li className="model-entry" data-model-url={modelUrl}>
      <p>
        <strong>{name}</strong>{' '}
        <span className="muted">{fill(complete ? w.stored : w.partly, { size: megabytes(stored_bytes) })}</span>{' '}
        {current && <span className="tag">{w.running}</span>}
      </p>
      {unfit !== null && <p className="muted">{unfit}</p>}
      <div className="actions">
        {canUse && (
          <button
            type="button"
            className="button"
            disabled={busy || offer?.variant === null}
            onClick={() => chooseModel(modelUrl === models.embedded ? null : modelUrl)}
          >
            {fill(w.use, { name })}
          </button>
        )}
        {fetchable && (
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => {
              agree();
              onRun((signal, onProgress) => models.store.fetch(modelUrl, { signal, onProgress }));
            }}
          >
            {fill(offer.update ? w.update : w.resume, { size: megabytes(offer.missing_bytes) })}
          </button>
        )}
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => onRun(() => models.store.delete(modelUrl))}
        >
          {fill(w.delete, { name })}
        </button>
      </div>
    </li>
  );
}

const localFiles = (list: FileList): LocalFile[] =>
  [...list].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

export function ModelsDialog({ models, onClose }: { models: Models; onClose: () => void }) {
  const w = useWords().models;
  const { kept, offers, progress, error, run, stop } = useManager(models);
  const busy = progress !== null;
  const [sure, setSure] = useState(false);
  return (
    <Dialog title={w.title} className="models" onClose={onClose}>
      <p className="muted">{w.explained}</p>
      {kept?.models.length === 0 && <p>{w.none}</p>}
      <ul>
        {kept?.models.map((entry) => (
          <Entry
            key={entry.modelUrl}
            entry={entry}
            offer={offers[entry.modelUrl]}
            models={models}
            busy={busy}
            onRun={(task) => void run(task)}
          />
        ))}
      </ul>
      {progress !== null && <ProgressLine progress={progress} onStop={stop} />}
      {error !== null && <p role="alert">{failureOf(error).sentence}</p>}
      <label className="model-add">
        <span>{w.add}</span>
        <input
          type="file"
          multiple
          disabled={busy}
          ref={(input) => input?.setAttribute('webkitdirectory', '')}
          onChange={({ target }) => {
            const files = localFiles(target.files as FileList);
            target.value = '';
            agree();
            void run((signal, onProgress) => models.store.importFiles(files, { signal, onProgress }));
          }}
        />
      </label>
      <p className="muted">{w.addHelp}</p>
      {(kept?.models.length ?? 0) > 0 && (
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => {
            if (sure) void run(() => models.store.deleteAll());
            setSure(!sure);
          }}
        >
          {sure ? w.deleteAllSure : w.deleteAll}
        </button>
      )}
    </Dialog>
  );
}
