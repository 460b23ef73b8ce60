import { expect, it } from 'vitest';
import { languageOf, localVoice } from './speech.ts';

const voice = (lang: string, localService: boolean, isDefault = false) =>
  ({ lang, localService, default: isDefault, name: lang, voiceURI: lang }) as SpeechSynthesisVoice;

it('takes a local voice of the language, the default one first, and never one that sends text elsewhere', () => {
  const voices = [voice('en-US', false, true), voice('en-GB', true), voice('en_IE', true, true), voice('de-DE', true)];
  expect(localVoice(voices, 'en')?.lang).toBe('en_IE');
  expect(localVoice(voices.slice(0, 2), 'en')?.lang).toBe('en-GB');
  expect(localVoice(voices.slice(0, 1), 'en')).toBeNull();
  expect(localVoice([], 'de')).toBeNull();
});

it('tells a language by its letters', () => {
  expect(languageOf('A red circle.')).toBe('en');
  expect(languageOf('دائرة حمراء')).toBe('ar');
  expect(languageOf('红色圆圈')).toBe('zh');
});
