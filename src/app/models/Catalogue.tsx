/** Models of the hub that are offered by name → a list that says what each is good at and how it goes with this device. */
import type { DeviceFit } from '../../../contract/stored-models.ts';
import { reasonSentence } from '../failures.ts';
import { fill, fileSize, useWords } from '../language.ts';
import type { Models, OfferedModel } from './choice.ts';
import { useOffered } from './manager.ts';

interface OfferedProps {
  model: OfferedModel;
  size: string;
  unfit: DeviceFit['unfit'];
  models: Models;
  busy: boolean;
}

function Offered({ model, size, unfit, models, busy }: OfferedProps) {
  const { models: w, panel } = useWords();
  const { repo, name, licence, goodAt } = model;
  const note = `offered-${repo.replaceAll('/', '-')}`;
  return (
    <li className="model-entry" data-repo={repo} data-unfit={unfit !== null}>
      <p>
        <strong>{name}</strong> <span className="muted">{fill(w.facts, { size, licence })}</span>
      </p>
      <p id={note} className="muted">
        {panel.skills[goodAt]} {unfit !== null && reasonSentence(unfit)}
      </p>
      {models.connected && (
        <div className="actions">
          <button
            type="button"
            className="button"
            disabled={busy || unfit !== null}
            aria-describedby={note}
            onClick={() => models.chooseHub(repo)}
          >
            {fill(w.use, { name })}
          </button>
        </div>
      )}
    </li>
  );
}

export function Catalogue({ models, busy }: { models: Models; busy: boolean }) {
  const { hub } = useWords().panel;
  return (
    <ul>
      {useOffered(models).map(({ model, fit }) => {
        const size = (fit?.bytes ?? null) === null ? hub.sizeUnknown : fileSize(fit?.bytes ?? 0);
        return <Offered key={model.repo} {...{ model, size, unfit: fit?.unfit ?? null, models, busy }} />;
      })}
    </ul>
  );
}
