/** The library's entry for the Prompt API: the class, one for a model of one's choice, and the stand-in for browsers without. */
import { type AssistantOptions, createAssistant } from '../assistant.ts';
import { LanguageModel } from './language-model.ts';

export { LanguageModel };
export type * from './types.ts';

/** The class for a model and a runtime folder of one's choice; `LanguageModel` itself takes what the library finds. */
export function languageModelFor(options: Omit<AssistantOptions, 'onProgress'>): typeof LanguageModel {
  class Chosen extends LanguageModel {
    static override newAssistant: typeof LanguageModel.newAssistant = (onProgress) =>
      createAssistant({ ...options, onProgress });
  }
  Object.defineProperty(Chosen, 'name', { value: 'LanguageModel' });
  return Chosen;
}

/** Sets `globalThis.LanguageModel` where the browser has none; never replaces one. Says whether it did. */
export function installPolyfill(options: Omit<AssistantOptions, 'onProgress'> = {}): boolean {
  if ('LanguageModel' in globalThis) return false;
  const value = languageModelFor(options);
  Object.defineProperty(globalThis, 'LanguageModel', { value, configurable: true, writable: true, enumerable: false });
  return true;
}
