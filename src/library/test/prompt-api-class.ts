/** The Prompt API's class over scripted answers, and what its cases are made of. */
import { expect, type Mock, vi } from 'vitest';
import type { ChatEvent, ChatRequest } from '../../../contract/chat.ts';
import type { AnsweringAssistant } from '../answering-assistant.ts';
import { LanguageModel as Packaged, type LanguageModelPrompt } from '../prompt-api/index.ts';
import { scriptedAssistant } from './node-assistant.ts';

/** A class whose sessions are answered by a script; 100 tokens fit, a word is one. */
export function classOver(
  answer: (request: ChatRequest, signal: AbortSignal | undefined) => AsyncIterable<ChatEvent>,
): {
  LanguageModel: typeof Packaged;
  asked: ChatRequest[];
  disposed: Mock<() => void>;
} {
  const asked: ChatRequest[] = [];
  const disposed = vi.fn<() => void>();
  class LanguageModel extends Packaged {
    static override newAssistant: typeof Packaged.newAssistant = (onProgress): AnsweringAssistant => {
      const { assistant } = scriptedAssistant((request, signal) => {
        asked.push(request);
        return answer(request, signal);
      });
      const { load, dispose } = assistant;
      return Object.assign(assistant, {
        load: async (options: { signal?: AbortSignal } = {}) => {
          onProgress({ step: 'download', loaded_bytes: 5, total_bytes: 10, network_bytes: 5 });
          onProgress({ step: 'self-test', loaded_bytes: 10, total_bytes: 10, network_bytes: 10 });
          return load.call(assistant, options);
        },
        dispose: async () => {
          disposed();
          await dispose.call(assistant);
        },
      });
    };
  }
  return { LanguageModel, asked, disposed };
}
export const named = (name: string) => expect.objectContaining({ name });
export const image = new Blob([new Uint8Array(4)], { type: 'image/png' });
export const show = (value: unknown, role = 'user', type = 'image') =>
  [{ role, content: [{ type, value }] }] as LanguageModelPrompt;
export const images = { expectedInputs: [{ type: 'image' as const }] };
export const texts = ({ messages }: ChatRequest) =>
  messages.map(
    ({ role, content }) => `${role}: ${content.map((part) => (part.type === 'text' ? part.text : 'O')).join('|')}`,
  );
