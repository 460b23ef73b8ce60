/** The library's Assistant over the engine in Node, or over scripted answers, in place of the worker that a page starts. */
import type { ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../../../contract/chat.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { DEFAULT_MODEL } from '../../../cli/paths.ts';
import type { WorkerBackend } from '../../backends/worker.ts';
import { Assistant, type AssistantOptions } from '../assistant.ts';

const INFO: ModelInfo = {
  id: 'scripted',
  name: 'Scripted',
  variant: 'none',
  device: 'wasm',
  reasons: [],
  threads: 1,
  max_length: 100,
  image_tokens: 10,
  bytes: 0,
  self_test_error: null,
  stored: true,
};

type Answer = (request: ChatRequest, signal: AbortSignal | undefined) => AsyncIterable<ChatEvent>;

let made = 0;

function assistantOver(answer: Answer, info: ModelInfo, options: AssistantOptions): Assistant {
  const backend: WorkerBackend = {
    load: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      return info;
    },
    chat: (request, { signal } = {}) => answer(request, signal),
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
  const info = { ...INFO, id: manifest.id, max_length, image_tokens: manifest.processor.image_tokens };
  const assistant = assistantOver((request, signal) => engine.answer(request, signal), info, options);
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
