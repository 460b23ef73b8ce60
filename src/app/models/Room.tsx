/** How much this site keeps, how much room there is, and whether the browser may delete it on its own. */
import { useEffect, useState } from 'react';
import type { KeptModels } from '../../../contract/stored-models.ts';
import { fill, fileSize, useWords } from '../language.ts';
import { askToPersist } from './choice.ts';

type Persistence = 'granted' | 'unasked' | 'refused';

/** Null where the browser offers no such promise, or has not answered yet. */
function usePersistence(): [Persistence | null, () => void] {
  const [state, setState] = useState<Persistence | null>(null);
  useEffect(() => {
    const asking = navigator.storage?.persisted?.().then((granted) => setState(granted ? 'granted' : 'unasked'));
    asking?.catch(() => {
      // Storage is blocked: there is nothing to promise.
    });
  }, []);
  const ask = (): void => void askToPersist().then((granted) => setState(granted ? 'granted' : 'refused'));
  return [state, ask];
}

export function Room({ kept }: { kept: KeptModels }) {
  const w = useWords().models;
  const [persistence, ask] = usePersistence();
  const { usage_bytes, quota_bytes } = kept;
  return (
    <div className="model-room">
      {usage_bytes !== null && quota_bytes !== null && (
        <p>{fill(w.room, { used: fileSize(usage_bytes), quota: fileSize(quota_bytes) })}</p>
      )}
      {persistence !== null && (
        <output className="muted" data-persistence={persistence}>
          {{ granted: w.persistGranted, unasked: w.persistUnasked, refused: w.persistRefused }[persistence]}
        </output>
      )}
      {persistence === 'unasked' && (
        <button type="button" className="button" onClick={ask}>
          {w.persist}
        </button>
      )}
    </div>
  );
}
