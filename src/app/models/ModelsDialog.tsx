/** The model manager: what is kept here, what is offered, and the ways to add a model. */
import { use, useEffect, useRef, useState } from 'react';
import type { LoadProgress } from '../../../contract/backend.ts';
import { toWire } from '../../../contract/errors.ts';
import type { LocalFile } from '../../../contract/stored-models.ts';
import { Dialog } from '../Dialog.tsx';
import { failureOf } from '../failures.ts';
import { duration, fill, megabytes, number, useWords } from '../language.ts';
import { percentOf } from '../progress.ts';
import { useWakeLock } from '../wake-lock.ts';
import { AddModel } from './AddModel.tsx';
import { Catalogue } from './Catalogue.tsx';
import type { Models, ModelsAccess } from './choice.ts';
import { Kept } from './Kept.tsx';
import { type Manager, useManager } from './manager.ts';
import './models.css';
import { Room } from './Room.tsx';

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

/** What is being done and how it ended; in sight wherever the list stands. */
function Doing({ manager: { progress, busy, error, notKept, stop } }: { manager: Manager }) {
  const w = useWords().models;
  useWakeLock(progress !== null);
  if (!busy && error === null && notKept === null) return null;
  return (
    <div className="model-doing">
      {busy && progress === null && <output>{w.looking}</output>}
      {progress !== null && <ProgressLine progress={progress} onStop={stop} />}
      {error !== null && <p role="alert">{failureOf(toWire(error)).sentence}</p>}
      {notKept !== null && <output>{fill(w.fromMemory, { reason: failureOf(toWire(notKept)).sentence })}</output>}
    </div>
  );
}

function KeptList({ models, manager }: { models: Models; manager: Manager }) {
  const w = useWords().models;
  const [sure, setSure] = useState(false);
  const { kept, offers, busy, run } = manager;
  if (kept === null) return null;
  return (
    <>
      {kept.models.length === 0 && <p>{w.none}</p>}
      <ul>
        {kept.models.map((entry) => (
          <Kept key={entry.modelUrl} {...{ entry, models, manager }} offer={offers[entry.modelUrl]} />
        ))}
      </ul>
      <Room kept={kept} />
      {kept.models.length > 0 && (
        <div className="actions">
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
        </div>
      )}
    </>
  );
}

interface DialogProps {
  models: ModelsAccess;
  /** Files that were dropped as a model. */
  dropped: Promise<LocalFile[]> | null;
  onClose: () => void;
}

export function ModelsDialog({ models: access, dropped, onClose }: DialogProps) {
  const models: Models = { ...access, store: use(access.openStore()) };
  const { models: w, panel } = useWords();
  const manager = useManager(models);
  const { importFiles } = manager;
  const taken = useRef<typeof dropped>(null);
  useEffect(() => {
    if (dropped === null || dropped === taken.current) return;
    taken.current = dropped;
    void importFiles(dropped);
  });
  // What answers is chosen: the page shows how it loads.
  const closing: Models = {
    ...models,
    chooseHub: (address) => {
      models.chooseHub(address);
      onClose();
    },
  };
  return (
    <Dialog title={w.title} className="models" onClose={onClose}>
      <Doing manager={manager} />
      <section aria-labelledby="models-kept">
        <h3 id="models-kept">{w.kept}</h3>
        <p className="muted">{w.explained}</p>
        <KeptList models={closing} manager={manager} />
      </section>
      <section aria-labelledby="models-add">
        <h3 id="models-add">{w.addTitle}</h3>
        <AddModel models={closing} manager={manager} />
      </section>
      <section aria-labelledby="models-hub">
        <h3 id="models-hub">{panel.hub.label}</h3>
        <p className="muted">{panel.hub.privacy}</p>
        <Catalogue models={closing} busy={manager.busy} />
      </section>
    </Dialog>
  );
}
