/** An error before anything is shown → a sentence in the person's language, instead of an empty page. */

/** The words are fetched when they are needed; what failed may have been the network. */
async function sentence(): Promise<[language: string, sentence: string]> {
  try {
    const { START_FAILURES } = await import('./start-failure-words.ts');
    const tags = navigator.languages.map((tag) => tag.toLowerCase().split('-', 1)[0] ?? '');
    const language = tags.find((tag) => Object.hasOwn(START_FAILURES, tag)) ?? 'en';
    const { insecure = '', failed = '' } = START_FAILURES[language] ?? {};
    return [language, isSecureContext ? failed : insecure];
  } catch {
    return ['en', 'This page could not start. Reload it.'];
  }
}

async function show({ message }: ErrorEvent): Promise<void> {
  const [language, text] = await sentence();
  const root = document.getElementById('root') ?? document.body;
  if (root.childElementCount > 0) return; // the page stands, and says itself what goes wrong in it
  const note = document.createElement('p');
  note.className = 'start-failure';
  note.setAttribute('role', 'alert');
  Object.assign(note, { lang: language, dir: 'auto', textContent: text });
  // For a report to the site's owner, as the browser worded it.
  const detail = document.createElement('small');
  Object.assign(detail, { lang: 'en', dir: 'ltr', textContent: message });
  root.append(note, detail);
}

addEventListener('error', (event) => void show(event));
