/** Text → speech by a voice that lives on this device; voices that send text elsewhere are never used. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { writtenIn } from '../../interaction/answer-language.ts';
import { type Language, language } from '../language.ts';

function speech(): SpeechSynthesis | null {
  return 'speechSynthesis' in globalThis ? speechSynthesis : null;
}

/** A local voice for `tag`, the person's preferred one first; null when there is none. */
export function localVoice(voices: readonly SpeechSynthesisVoice[], tag: string): SpeechSynthesisVoice | null {
  const fitting = voices.filter(
    ({ lang, localService }) => localService && lang.replace('_', '-').split('-')[0] === tag,
  );
  return fitting.find((voice) => voice.default) ?? fitting[0] ?? null;
}

/** What a text is written in, as far as its letters tell; models answer English unless they were taught otherwise. */
export function languageOf(text: string): Language {
  return writtenIn(text, language());
}

function subscribe(listener: () => void): () => void {
  speech()?.addEventListener('voiceschanged', listener);
  return () => speech()?.removeEventListener('voiceschanged', listener);
}

/** Reads `text` aloud on demand. `available` is false where no voice of this device speaks its language. */
export function useSpeech(text: string): { available: boolean; speaking: boolean; toggle: () => void } {
  // The list of voices is a new array each time it is asked for; its length tells when it has come.
  useSyncExternalStore(
    subscribe,
    () => speech()?.getVoices().length ?? 0,
    () => 0,
  );
  const [speaking, setSpeaking] = useState(false);
  const voice = localVoice(speech()?.getVoices() ?? [], languageOf(text));
  useEffect(() => () => void (speaking && speech()?.cancel()), [speaking]);
  function toggle(): void {
    const synthesis = speech();
    synthesis?.cancel();
    if (speaking || voice === null) return setSpeaking(false);
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    for (const end of ['end', 'error'] as const) utterance.addEventListener(end, () => setSpeaking(false));
    setSpeaking(true);
    synthesis?.speak(utterance);
  }
  return { available: voice !== null, speaking, toggle };
}
