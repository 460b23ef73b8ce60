/** A model of which something is kept here → its line in the list, with what can be done with it. */
import type { ModelOffer, StoredModelEntry } from '../../../contract/stored-models.ts';
import { reasonSentence } from '../failures.ts';
import { fill, fileSize, useWords } from '../language.ts';
import { agree, isKeptOnly, type Models } from './choice.ts';
import type { Manager } from './manager.ts';

interface KeptProps {
  entry: StoredModelEntry;
  offer: ModelOffer | undefined;
  models: Models;
  manager: Manager;
}

/** The host it came from, where that is not this site. */
function originOf({ modelUrl, source }: StoredModelEntry, files: string): string | null {
  if (source === 'files') return files;
  const { origin, host } = new URL(modelUrl);
  return origin === location.origin ? null : host;
}

export function Kept({ entry, offer, models, manager }: KeptProps) {
  const w = useWords().models;
  const { modelUrl, name, stored_bytes, complete, source } = entry;
  const current = modelUrl === models.current;
  const reachable = source !== 'hub' || models.connected;
  const unfit = offer?.unfit ?? null;
  const origin = originOf(entry, w.fromFiles);
  const away = source === 'folder' && isKeptOnly(modelUrl);
  const missing = offer !== undefined && offer.missing_bytes > 0 && source !== 'files' ? offer.missing_bytes : 0;
  function choose(): void {
    if (source === 'hub') models.chooseHub(modelUrl);
    else models.chooseFolder(modelUrl === models.embedded ? null : modelUrl);
  }
  return (
    <li className="model-entry" data-model-url={modelUrl} data-unfit={unfit !== null}>
      <p>
        <strong>{name}</strong>{' '}
        <span className="muted">{fill(complete ? w.stored : w.partly, { size: fileSize(stored_bytes) })}</span>{' '}
        {origin !== null && <span className="muted">{origin}</span>}{' '}
        {current && <span className="tag">{w.running}</span>}
      </p>
      {unfit !== null && <p className="muted">{reasonSentence(unfit)}</p>}
      <div className="actions">
        {!current && reachable && (complete || source === 'hub') && (
          <button type="button" className="button" disabled={manager.busy || offer?.variant === null} onClick={choose}>
            {fill(w.use, { name })}
          </button>
        )}
        {missing > 0 && (
          <button
            type="button"
            className="button"
            disabled={manager.busy || (away && !models.connected)}
            onClick={() => {
              agree(modelUrl);
              void manager.fetchModel(modelUrl);
            }}
          >
            {fill(offer?.update ? w.update : w.resume, { size: fileSize(missing) })}
          </button>
        )}
        {away && models.connected && (
          <button
            type="button"
            className="button"
            disabled={manager.busy}
            aria-label={fill(w.checkOf, { name })}
            onClick={() => void manager.inspect(modelUrl)}
          >
            {w.check}
          </button>
        )}
        <button
          type="button"
          className="button"
          disabled={manager.busy}
          onClick={() => void manager.run(() => models.store.delete(modelUrl))}
        >
          {fill(w.delete, { name })}
        </button>
      </div>
    </li>
  );
}
