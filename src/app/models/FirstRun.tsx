/** A model that is not here yet → what it costs, before anything large is fetched. */
import { useState } from 'react';
import { evidenceText, type WireError } from '../../../contract/errors.ts';
import { fill, fileSize, useWords } from '../language.ts';
import { agree, isMetered } from './choice.ts';

export function FirstRun({ error, onLoad }: { error: WireError; onLoad: () => void }) {
  const w = useWords().models;
  const [later, setLater] = useState(false);
  const metered = isMetered();
  const { evidence } = error;
  const license = evidenceText(evidence, 'license');
  function download() {
    agree(evidenceText(evidence, 'model'));
    onLoad();
  }
  const size = fileSize(Number(evidence['missing_bytes']));
  const more = license ? fill(w.firstRunMore, { license }) : w.firstRunOnce;
  const yes = (
    <button key="yes" type="button" className={metered ? 'button' : 'button primary'} onClick={download}>
      {fill(w.download, { size })}
    </button>
  );
  const no = !later && (
    <button key="no" type="button" className={metered ? 'button primary' : 'button'} onClick={() => setLater(true)}>
      {w.notNow}
    </button>
  );
  return (
    <section className="status failure" aria-label={w.firstRun} data-first-run={later ? 'later' : 'asked'}>
      <p>
        <strong>{fill(w.firstRunText, { name: evidenceText(evidence, 'name'), size })}</strong> {!later && more}
      </p>
      {metered && !later && <p>{w.metered}</p>}
      <div className="actions">{metered ? [no, yes] : [yes, no]}</div>
    </section>
  );
}
