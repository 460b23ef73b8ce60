/** An OpenAI-compatible server → a predictor; several questions are asked at a time, because such servers batch them. */
import { setTimeout as wait } from 'node:timers/promises';
import { collect } from '../../../cli/conversation.ts';
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

export interface OpenAiPredictorOptions {
  url: string;
  model: string;
  apiKey: string | undefined;
  parallel: number;
  /** @default what gives a busy server time */
  pauses?: readonly number[];
  signal: AbortSignal;
}

/** Throws `server-unreachable` or `server-refused` where there is no such server or model. */
export async function openOpenAiPredictor(options: OpenAiPredictorOptions): Promise<Predictor> {
  const { url, model, apiKey, parallel, pauses = PAUSES } = options;
  const backend = createOpenAiBackend({ baseUrl: url, model, ...(apiKey ? { apiKey } : {}) });
  const { id } = await backend.load({ signal: options.signal });
  const answers = {
    answer: (request: Parameters<typeof backend.chat>[0], signal?: AbortSignal) =>
      backend.chat(request, signal ? { signal } : {}),
  };
  return {
    identity: { backend: 'openai', model: id, build: '', variant: '', device: 'server' },
    parallel,
    async answer(asked, signal) {
      for (let attempt = 0; ; attempt++) {
        try {
          const { text, usage, finish_reason } = await collect(answers, toRequest(asked), { signal });
          return { text, tokens: usage.completion_tokens, finish_reason };
        } catch (thrown) {
          const pause = pauses[attempt];
          if (pause === undefined || !isPassing(thrown)) throw thrown;
          await wait(pause, undefined, { signal });
        }
      }
    },
    close: () => backend.dispose(),
  };
}
