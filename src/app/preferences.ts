/** What the person prefers about the page (language, appearance) ↔ this browser's local storage. */
import { isLanguage, type Language, preferredLanguage, setLanguage } from './language.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  language: Language;
  theme: Theme;
}

const KEY = 'preferences';

function stored(): Partial<Record<keyof Preferences, unknown>> {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY) ?? '{}')) as Partial<Record<keyof Preferences, unknown>>;
  } catch {
    // Storage is blocked or was written by something else: the page begins with what the browser says.
    return {};
  }
}

export function readPreferences(): Preferences {
  const { language, theme } = stored();
  return {
    language: isLanguage(language) ? language : preferredLanguage(navigator.languages),
    theme: THEMES.find((known) => known === theme) ?? 'system',
  };
}

/** Shows the page as preferred. Settles when the words are there. */
export async function applyPreferences({ language, theme }: Preferences): Promise<void> {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  await setLanguage(language);
}

/** Shows and remembers a change. Rejects, and remembers nothing, when the words can't be fetched. */
export async function changePreferences(change: Partial<Preferences>): Promise<void> {
  const next = { ...readPreferences(), ...change };
  await applyPreferences(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Not kept; it still holds until the page is closed.
  }
}
