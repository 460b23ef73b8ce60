/** An error before anything is shown → a sentence in the person's language, instead of an empty frame. */
import { frameWords } from './words.ts';

addEventListener('error', () => {
  const main = document.querySelector('main') ?? document.body;
  if (main.childElementCount > 0) return;
  const { insecure, failed, lang, dir } = frameWords(navigator.languages);
  const note = document.createElement('p');
  Object.assign(note, { lang, dir, textContent: isSecureContext ? failed : insecure });
  main.append(note);
});
