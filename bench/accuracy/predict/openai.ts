/** An OpenAI-compatible server → a predictor; several questions are asked at a time, because such servers batch them. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, collect } from '../../../cli/conversation.ts';
import type { ChatRequest } from '../../../contract/chat.ts';
import { asAppError } from '../../../contract/errors.ts';
import { createOpenAiBackend } from '../../../src/backends/openai.ts';
import type { Predictor } from './predictor.ts';
import { toRequest } from './request.ts';

/** Pauses in milliseconds before a question is asked again. A server that is still loading or full recovers in them. */
const PAUSES = [1000, 5000, 20_000];

function isPassing(thrown: unknown): boolean {
  const { code, evidence } = asAppError(thrown);
  const status = Number(evidence['status']);
  return code === 'server-unreachable' || (code === 'server-refused' && (status === 429 || status >= 500));
}

export interface ServerOptions {
  url: string;
  model: string;
  apiKey: string | undefined;
  /** @default what gives a busy server time */
  pauses?: readonly number[];
  signal: AbortSignal;
}

export interface ServerModel {
  /** As the server names it. */
  id: string;
  ask(request: ChatRequest, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** A model of a server that is asked again when it fails in passing. Throws `server-unreachable` or `server-refused`. */
export async function openServerModel({
  url,
  model,
  apiKey,
  pauses = PAUSES,
  signal,
}: ServerOptions): Promise<ServerModel> {
  const backend = createOpenAiBackend({ baseUrl: url, model, ...(apiKey ? { apiKey } : {}) });
  const answers = {
    answer: (request: ChatRequest, stop?: AbortSignal) => backend.chat(request, stop ? { signal: stop } : {}),
  };
  const { id } = await backend.load({ signal });
  return {
    id,
    async ask(request, stop) {
      for (let attempt = 0; ; attempt++) {
        try {
          return await collect(answers, request, { signal: stop });
        } catch (thrown) {
          const pause = pauses[attempt];
          if (pause === undefined || !isPassing(thrown)) throw thrown;
          await wait(pause, undefined, { signal: stop });
        }
      }
    },
    close: () => backend.dispose(),
  };
}

export async function openOpenAiPredictor(options: ServerOptions & { parallel: number }): Promise<Predictor> {
  const server = await openServerModel(options);
  return {
    identity: { backend: 'openai', model: server.id, build: '', variant: '', device: 'server' },
    parallel: options.parallel,
    async answer(asked, signal) {
      const { text, usage, finish_reason } = await server.ask(toRequest(asked), signal);
      return { text, tokens: usage.completion_tokens, finish_reason };
    },
    close: () => server.close(),
  };
}
