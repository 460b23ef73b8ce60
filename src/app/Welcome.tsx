/** The first screen: what this is, a place to drop an image, and samples that work at once. */
import { AppError } from '../../contract/errors.ts';
import { LockIcon } from './icons.tsx';
import { useContext } from 'react';
import { useWords } from './language.ts';
import { ModelsContext } from './models/choice.ts';
import { ownFile } from './offline.ts';
import type { Session } from './session.ts';
import { SAMPLES } from './samples.ts';

async function addSample(session: Session, file: string): Promise<void> {
  try {
    const response = await ownFile(file);
    if (!response.ok) throw new AppError('download-failed', `HTTP ${response.status}`, { status: response.status });
    await session.addImage(await response.blob());
  } catch (thrown) {
    const message = 'The sample picture could not be fetched.';
    session.setNotice(new AppError('image-broken', message, { reason: 'sampleMissing', file }, thrown));
  }
}

/** @param elsewhere whether a server computes the answers */
export function Welcome({ session, elsewhere }: { session: Session; elsewhere: boolean }) {
  const words = useWords();
  const w = words.welcome;
  const models = useContext(ModelsContext);
  const ours = !elsewhere && models !== null && models.current === models.embedded;
  return (
    <section className="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{w.title}</h2>
      <p className="lead">{elsewhere ? w.textServer : w.text}</p>
      <p className="privacy">
        {!elsewhere && <LockIcon />}
        {elsewhere ? words.privacyServer : words.privacy}
      </p>
      <p className="muted">{w.samples}</p>
      <ul className="samples">
        {SAMPLES.map(({ file, name }) => (
          <li key={file}>
            <button type="button" className="sample" onClick={() => void addSample(session, file)}>
              <img src={file} alt={w[name]} width={128} height={128} />
            </button>
          </li>
        ))}
      </ul>
      <div className="muted mistakes">
        {ours && <p>{w.ours}</p>}
        <p>{words.mistakes}</p>
      </div>
    </section>
  );
}
