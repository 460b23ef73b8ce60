/** Language and appearance of the page. */
import { useState } from 'react';
import { isLanguage, LANGUAGES, useWords } from './language.ts';
import { changePreferences, type Preferences, readPreferences, THEMES } from './preferences.ts';

export function Settings() {
  const w = useWords().settings;
  const [chosen, setChosen] = useState(readPreferences);
  function change(next: Partial<Preferences>) {
    setChosen({ ...chosen, ...next });
    void changePreferences(next);
  }
  return (
    <section className="settings" aria-labelledby="settings-title">
      <h3 id="settings-title">{w.name}</h3>
      <label>
        {w.language}
        <select
          value={chosen.language}
          onChange={({ target }) => isLanguage(target.value) && change({ language: target.value })}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {w.theme}
        <select
          value={chosen.theme}
          onChange={({ target }) => change({ theme: THEMES.find((theme) => theme === target.value) ?? 'system' })}
        >
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {w[theme]}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
