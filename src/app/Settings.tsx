/** Language and appearance of the page. */
import { useState, useSyncExternalStore } from 'react';
import { isInsecure } from '../../contract/secure-context.ts';
import { fill, isLanguage, language, LANGUAGES, tagOf, useWords } from './language.ts';
import type { Offline } from './offline.ts';
import { changePreferences, type Preferences, readPreferences, THEMES } from './preferences.ts';

/** What keeps the page from its best here, for whoever runs the site. */
function SiteNotes({ offline }: { offline: Offline }) {
  const w = useWords().settings;
  const { subscribe, getState } = offline.changedFile;
  const changed = useSyncExternalStore(subscribe, getState, getState);
  return (
    <>
      {isInsecure() && <p className="note">{w.plainHttp}</p>}
      {changed !== null && <p className="note">{fill(w.changedFile, { file: changed })}</p>}
    </>
  );
}

export function Settings({ offline }: { offline: Offline }) {
  const words = useWords();
  const w = words.settings;
  const [chosen, setChosen] = useState(readPreferences);
  const [missing, setMissing] = useState(false);
  async function change(next: Partial<Preferences>) {
    setChosen({ ...chosen, ...next });
    try {
      await changePreferences(next);
      setMissing(false);
    } catch {
      // The words could not be fetched: the page goes on in the language that it shows.
      setChosen((tried) => ({ ...tried, language: language() }));
      setMissing(true);
    }
  }
  return (
    <section className="settings" aria-labelledby="settings-title">
      <h3 id="settings-title">{w.name}</h3>
      <label>
        {w.language}
        <select
          value={chosen.language}
          onChange={({ target }) => isLanguage(target.value) && void change({ language: target.value })}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={isLanguage(code) ? tagOf(code) : code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {w.theme}
        <select
          value={chosen.theme}
          onChange={({ target }) => void change({ theme: THEMES.find((theme) => theme === target.value) ?? 'system' })}
        >
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {w[theme]}
            </option>
          ))}
        </select>
      </label>
      {missing && <p role="alert">{words.failures.partMissing}</p>}
      <SiteNotes offline={offline} />
    </section>
  );
}
