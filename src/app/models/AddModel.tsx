/** An address, a folder or a set of files → a model that is kept here, after the person has seen what it costs. */
import { type FormEvent, useState } from 'react';
import type { LocalFile, ModelOffer } from '../../../contract/stored-models.ts';
import { reasonSentence } from '../failures.ts';
import { fill, fileSize, useWords } from '../language.ts';
import { parseAddress } from './address.ts';
import { agree, isKeptOnly, isMetered, type Models } from './choice.ts';
import type { Manager } from './manager.ts';

interface AddProps {
  models: Models;
  manager: Manager;
}

/** The page that may fetch from other sites, with its model manager open. */
const CONNECTED_MODELS = 'connected.html#models';

/** What a model at an address is and costs, before any of its weights is fetched. */
function Offer({ offer, models, manager, onDone }: AddProps & { offer: ModelOffer; onDone: () => void }) {
  const w = useWords().models;
  const { name, license, missing_bytes, bytes, unfit, variant, description, modelUrl } = offer;
  const metered = isMetered();
  const size = fileSize(missing_bytes);
  // Its weights may be here under another address already; then it is only entered in the list, and used.
  const here = missing_bytes === 0;
  const yes = (
    <button
      key="yes"
      type="button"
      className={metered && !here ? 'button' : 'button primary'}
      disabled={manager.busy || variant === null}
      onClick={() => {
        agree(modelUrl);
        onDone();
        void manager.fetchModel(modelUrl, here ? () => models.chooseFolder(modelUrl) : undefined);
      }}
    >
      {here ? fill(w.use, { name }) : fill(w.download, { size })}
    </button>
  );
  const no = (
    <button key="no" type="button" className={metered && !here ? 'button primary' : 'button'} onClick={onDone}>
      {w.notNow}
    </button>
  );
  return (
    <section className="model-offer" aria-label={w.firstRun} data-unfit={unfit !== null}>
      <p>
        <strong>{name}</strong>{' '}
        <span className="muted">{fill(w.facts, { size: fileSize(bytes), licence: license })}</span>
      </p>
      {description !== '' && <p className="muted">{description}</p>}
      {unfit !== null && <p className="muted">{reasonSentence(unfit)}</p>}
      {here && <p>{w.alreadyHere}</p>}
      {metered && !here && <p>{w.metered}</p>}
      <div className="actions">{metered && !here ? [no, yes] : [yes, no]}</div>
    </section>
  );
}

function ByAddress({ models, manager }: AddProps) {
  const { models: w, panel } = useWords();
  const [offer, setOffer] = useState<ModelOffer | null>(null);
  async function look(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const typed = new FormData(event.currentTarget).get('address');
    const address = parseAddress(typeof typed === 'string' ? typed : '');
    setOffer(null);
    if (address === null) manager.refuse('That is no address of a model.', 'modelAddress');
    else if (address.kind === 'hub' && models.connected) models.chooseHub(address.address);
    else if (address.kind === 'hub' || (isKeptOnly(address.url) && !models.connected))
      manager.refuse('This page fetches from its own site only.', 'strictPage');
    else setOffer(await manager.inspect(address.url));
  }
  return (
    <>
      <form className="model-address" onSubmit={(event) => void look(event)}>
        <label>
          <span>{w.address}</span>
          <input name="address" required autoComplete="off" spellCheck={false} inputMode="url" dir="ltr" />
        </label>
        <button type="submit" className="button" disabled={manager.busy}>
          {w.look}
        </button>
      </form>
      <p className="muted">{w.addressHelp}</p>
      {!models.connected && (
        <p className="muted">
          {panel.strict} <a href={CONNECTED_MODELS}>{panel.connect}</a>
        </p>
      )}
      {offer !== null && <Offer offer={offer} models={models} manager={manager} onDone={() => setOffer(null)} />}
    </>
  );
}

const localFiles = (list: FileList): LocalFile[] =>
  [...list].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

function Pick({ label, folder, manager }: { label: string; folder: boolean; manager: Manager }) {
  return (
    <label className="button model-add">
      <span>{label}</span>
      <input
        type="file"
        multiple
        disabled={manager.busy}
        ref={(input) => {
          if (folder) input?.setAttribute('webkitdirectory', '');
        }}
        onChange={({ target }) => {
          const files = localFiles(target.files as FileList);
          target.value = '';
          if (files.length > 0) void manager.importFiles(Promise.resolve(files));
        }}
      />
    </label>
  );
}

export function AddModel({ models, manager }: AddProps) {
  const w = useWords().models;
  return (
    <>
      <ByAddress models={models} manager={manager} />
      <div className="actions">
        <Pick label={w.add} folder manager={manager} />
        <Pick label={w.addFiles} folder={false} manager={manager} />
      </div>
      <p className="muted">{w.addHelp}</p>
    </>
  );
}
