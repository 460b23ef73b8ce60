import { afterEach, expect, it, vi } from 'vitest';
import { setLanguage } from '../language.ts';
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

afterEach(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await setLanguage('en');
  vi.unstubAllGlobals();
});

it('takes words in Latin letters for the language of the page only where they look like it', async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await setLanguage('de');
  expect(languageOf('Das ist ein Kreis.')).toBe('de');
  expect(languageOf('A red circle.')).toBe('en');
  await setLanguage('ar');
  expect(languageOf('A café in the street.')).toBe('en');
});

it('tells a language by its letters', () => {
  expect(languageOf('A red circle.')).toBe('en');
  expect(languageOf('دائرة حمراء')).toBe('ar');
  expect(languageOf('红色圆圈')).toBe('zh');
});
