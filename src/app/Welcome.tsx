/** The first screen: what this is, a place to drop a picture, and samples that work at once. */
import { AppError } from '../../contract/errors.ts';
import { LockIcon } from './icons.tsx';
import { useWords } from './language.ts';
import type { Session } from './session.ts';
import { SAMPLES } from './samples.ts';

async function addSample(session: Session, file: string): Promise<void> {
  try {
    const response = await fetch(new URL(file, document.baseURI));
    if (!response.ok) throw new AppError('download-failed', `HTTP ${response.status}`, { status: response.status });
    await session.addPicture(await response.blob());
  } catch (thrown) {
    const message = 'The sample picture could not be fetched.';
    session.setNotice(new AppError('image-broken', message, { reason: 'sampleMissing', file }, thrown));
  }
}

export function Welcome({ session }: { session: Session }) {
  const words = useWords();
  const w = words.welcome;
  return (
    <section className="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{w.title}</h2>
      <p className="lead">{w.text}</p>
      <p className="privacy">
        <LockIcon />
        {words.privacy}
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
      <p className="muted mistakes">{words.mistakes}</p>
    </section>
  );
}
