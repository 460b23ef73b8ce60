/** Language and appearance of the page. */
import { useState } from 'react';
import { isLanguage, language, LANGUAGES, tagOf, useWords } from './language.ts';
import { changePreferences, type Preferences, readPreferences, THEMES } from './preferences.ts';

export function Settings() {
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
    </section>
  );
}
