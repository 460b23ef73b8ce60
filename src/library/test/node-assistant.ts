/** The library's Assistant over the engine in Node, or over scripted answers, in place of the worker that a page starts. */
import type { Backend, ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message } from '../../../contract/chat.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { DEFAULT_MODEL } from '../../../cli/default-model.ts';
import { Assistant, type AssistantOptions } from '../assistant.ts';

/** Tokens that the scripted model counts for an image. */
const IMAGE_TOKENS = 10;

const INFO: ModelInfo = {
  id: 'scripted',
  name: 'Scripted',
  variant: 'none',
  device: 'wasm',
  reasons: [],
  threads: 1,
  max_length: 100,
  bytes: 0,
  self_test_error: null,
  stored: true,
  capabilities: { prepare: true, measure: true, keeps_weights: true },
};

type Answer = (request: ChatRequest, signal: AbortSignal | undefined) => AsyncIterable<ChatEvent>;

let made = 0;

/** A token a word, and what the model says of itself for an image. */
function wordsIn(messages: Message[]): number {
  const parts = messages.flatMap(({ content }) => content);
  const sizes = parts.map((part) => (part.type === 'image' ? IMAGE_TOKENS : part.text.split(/\s+/).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function assistantOver(
  answer: Answer,
  info: ModelInfo,
  options: AssistantOptions,
  measure: (messages: Message[]) => number = wordsIn,
): Assistant {
  const backend: Backend = {
    load: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      return info;
    },
    chat: (request, { signal } = {}) => answer(request, signal),
    measure: async (messages) => measure(messages),
    prepare: async () => {},
    deleteStored: async () => {},
    dispose: async () => {},
  };
  // Assistants of one place share an engine; these are of different ones.
  return new Assistant({ model: `scripted-${made++}`, ...options }, () => backend);
}

/** The model that comes along, really loaded. */
export async function nanoAssistant(options: AssistantOptions = {}) {
  const engine = await openEngine({ model: DEFAULT_MODEL });
  const { manifest } = engine.parts;
  const { max_length } = manifest.limits;
  const info = {
    ...INFO,
    id: manifest.id,
    max_length,
    max_images: manifest.limits.max_images!,
  };
  const measure = (messages: Message[]): number => engine.measure(messages);
  const assistant = assistantOver((request, signal) => engine.answer(request, signal), info, options, measure);
  return { assistant, end: () => engine.dispose() };
}

/** Says what it is told, and remembers what it was asked. */
export function scriptedAssistant(answer: Answer, options: AssistantOptions = {}) {
  const requests: ChatRequest[] = [];
  const remember: Answer = (request, signal) => {
    requests.push(request);
    return answer(request, signal);
  };
  return { assistant: assistantOver(remember, INFO, options), requests };
}
