/** The state of the model → one line: what is loading, what runs and where and why, or what went wrong and what helps. */
import type { WireError } from '../../contract/errors.ts';
import { failureOf, reportOf } from './failures.ts';
import { fill, useWords } from './language.ts';
import { later } from './later.tsx';
import { ModelsButton } from './models/ModelsButton.tsx';
import type { ModelState } from './state.ts';
import { type OfflineState, worksWithoutNetwork } from './offline.ts';
import { percentOf, placeName, progressLine } from './progress.ts';
import type { Adapters, WhyProps } from './Why.tsx';

const Why = later(async () => (await import('./Why.tsx')).Why);
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

function Ready(props: WhyProps) {
  const { info, offline, adapter } = props;
  const words = useWords();
  const chosen = info.adapters?.find(({ id }) => id === adapter);
  const name = chosen ? `${info.name} · ${chosen.name}` : info.name;
  return (
    <div className="status" data-model="ready" data-device={info.device}>
      <details className="why">
        <summary>
          <span className="status-name">
            <span className="status-dot" aria-hidden="true" />
            <span>{fill(words.model.ready, { name, device: placeName(info.device) })}</span>
          </span>
          {worksWithoutNetwork(info, offline) && <span className="tag">{words.offline.ready}</span>}
          {offline === 'locked' && <span className="tag">{words.offline.locked}</span>}
        </summary>
        <Why {...props} />
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
        <strong>{words.model.failedTitle}.</strong> <span>{sentence}</span>
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
