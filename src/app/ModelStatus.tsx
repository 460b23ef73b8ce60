/** The state of the model → one line: what is loading, what runs and where and why, or what went wrong and what helps. */
import type { ModelInfo } from '../../contract/backend.ts';
import type { WireError } from '../../contract/errors.ts';
import { failureOf, reportOf } from './failures.ts';
import { fill, megabytes, number, useWords } from './language.ts';
import { later } from './later.tsx';
import { ModelsButton } from './models/ModelsButton.tsx';
import type { ModelState } from './state.ts';
import type { OfflineState } from './offline.ts';
import { percentOf, placeName, progressLine } from './progress.ts';

const FirstRun = later(async () => (await import('./models/FirstRun.tsx')).FirstRun);

function Loading({ model }: { model: Extract<ModelState, { status: 'loading' }> }) {
  const words = useWords();
  const { progress } = model;
  const known = progress !== null && progress.total_bytes > 0 && progress.step === 'download';
  return (
    <div className="status">
      <p className="status-line">{progressLine(progress)}</p>
      <progress aria-label={words.model.loadingName} max={100} {...(known ? { value: percentOf(progress) } : {})} />
    </div>
  );
}

interface Adapters {
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

interface ReadyProps extends Adapters {
  info: ModelInfo;
  offline: OfflineState;
  onDelete: () => void;
}

function Ready({ info, offline, onDelete, adapter, onAdapter }: ReadyProps) {
  const words = useWords();
  const locked = offline === 'locked';
  const worksOffline = !locked && offline !== 'unavailable' && info.stored;
  const device = placeName(info.device);
  const chosen = info.adapters?.find(({ id }) => id === adapter);
  const name = chosen ? `${info.name} · ${chosen.name}` : info.name;
  const facts = info.device === 'wasm' ? words.model.factsWasm : words.model.factsWebgpu;
  return (
    <div className="status" data-model="ready" data-device={info.device}>
      <details className="why">
        <summary>
          <span className="status-name">
            <span className="status-dot" aria-hidden="true" />
            {fill(words.model.ready, { name, device })}
          </span>
          {worksOffline && <span className="tag">{words.offline.ready}</span>}
          {locked && <span className="tag">{words.offline.locked}</span>}
        </summary>
        <div className="why-text">
          <p>
            <strong>{fill(words.model.why, { device })}</strong>
          </p>
          <ul>
            {info.reasons.map((reason) => (
              // Reasons come from where the model is loaded, in English.
              <li key={reason}>
                <bdi lang="en">{reason}</bdi>
              </li>
            ))}
          </ul>
          <p>
            {info.bytes > 0 &&
              fill(facts, {
                size: megabytes(info.bytes),
                threads: number(info.threads),
                tokens: number(info.max_length),
              })}{' '}
            {!info.stored && info.bytes > 0 && words.model.notStored} {worksOffline && words.offline.explained}
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
          {info.stored && info.bytes > 0 && (
            <p>
              <button type="button" className="button" onClick={onDelete}>
                {words.model.delete}
              </button>
            </p>
          )}
        </div>
      </details>
    </div>
  );
}

function wasmAddress(): string {
  const url = new URL(location.href);
  url.searchParams.set('device', 'wasm');
  url.searchParams.delete('variant');
  return url.href;
}

function Failed({ error, onReload }: { error: WireError; onReload: () => void }) {
  const words = useWords();
  const { sentence, remedy } = failureOf(error);
  return (
    <div className="status failure" role="alert" data-error={error.code}>
      <p>
        <strong>{words.model.failedTitle}.</strong> {sentence}
      </p>
      <div className="actions">
        {remedy === 'use-wasm' && (
          <button type="button" className="button" onClick={() => location.assign(wasmAddress())}>
            {words.model.useWasm}
          </button>
        )}
        {remedy !== 'none' && (
          <button type="button" className="button" onClick={onReload}>
            {words.model.reload}
          </button>
        )}
      </div>
      <details className="report">
        <summary>{words.conversation.report}</summary>
        <pre>{reportOf(error)}</pre>
      </details>
    </div>
  );
}

interface StatusProps extends Adapters {
  model: ModelState;
  offline: OfflineState;
  onReload: () => void;
  onDelete: () => void;
}

export function ModelStatus(props: StatusProps) {
  return (
    <>
      <Status {...props} />
      <ModelsButton />
    </>
  );
}

function Status({ model, offline, onReload, onDelete, adapter, onAdapter }: StatusProps) {
  switch (model.status) {
    case 'loading':
      return <Loading model={model} />;
    case 'ready':
      return <Ready {...{ offline, onDelete, adapter, onAdapter }} info={model.info} />;
    case 'failed':
      if (model.error.code === 'download-unconfirmed') return <FirstRun error={model.error} onLoad={onReload} />;
      return <Failed error={model.error} onReload={onReload} />;
  }
}
