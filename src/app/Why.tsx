/** Why a model runs where it does, what it takes and keeps, and which adapter answers. */
import type { ModelInfo } from '../../contract/backend.ts';
import { reasonSentence } from './failures.ts';
import { fill, fileSize, number, useWords } from './language.ts';
import { type OfflineState, worksWithoutNetwork } from './offline.ts';
import { placeName } from './progress.ts';

export interface Adapters {
  /** What was chosen; null for none. */
  adapter: string | null;
  onAdapter: (id: string | null) => void;
}

/** Which adapter of the model answers. */
function AdapterChoice({ info, adapter, onAdapter }: Adapters & { info: ModelInfo }) {
  const words = useWords();
  const chosen = info.adapters?.find(({ id }) => id === adapter);
  return (
    <p>
      <label>
        {words.model.adapter}{' '}
        <select value={chosen?.id ?? ''} onChange={({ target }) => onAdapter(target.value || null)}>
          <option value="">{words.model.adapterNone}</option>
          {info.adapters?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>{' '}
      {chosen?.description}
    </p>
  );
}

export interface WhyProps extends Adapters {
  info: ModelInfo;
  offline: OfflineState;
  onDelete: () => void;
}

export function Why({ info, offline, onDelete, adapter, onAdapter }: WhyProps) {
  const words = useWords();
  const locked = offline === 'locked';
  const worksOffline = worksWithoutNetwork(info, offline);
  const device = placeName(info.device);
  const facts = info.device === 'wasm' ? words.model.factsWasm : words.model.factsWebgpu;
  return (
    <div className="why-text">
      <p>
        <strong>{fill(words.model.why, { device })}</strong>
      </p>
      <ul>
        {info.reasons.map((reason) => (
          <li key={JSON.stringify(reason)}>{reasonSentence(reason)}</li>
        ))}
      </ul>
      <p>
        {info.bytes > 0 &&
          fill(facts, {
            size: fileSize(info.bytes),
            threads: number(info.threads),
            tokens: number(info.max_length),
          })}{' '}
        {!info.stored && info.capabilities.keeps_weights && words.model.notStored}{' '}
        {worksOffline && words.offline.explained}
      </p>
      <p>
        {info.device === 'server' ? words.privacyServer : words.privacy} {words.mistakes}
      </p>
      {info.adapters && <AdapterChoice info={info} adapter={adapter} onAdapter={onAdapter} />}
      {locked && (
        <p>
          {words.offline.lockedExplained} <a href="./">{words.offline.unlock}</a>
        </p>
      )}
      {worksOffline && (
        <p>
          <a href="locked.html">{words.offline.lock}</a>
        </p>
      )}
      {info.stored && info.capabilities.keeps_weights && (
        <p>
          <button type="button" className="button" onClick={onDelete}>
            {words.model.delete}
          </button>
        </p>
      )}
    </div>
  );
}
