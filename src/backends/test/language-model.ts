/** A script of pieces → the browser's `LanguageModel`, as far as the specification describes it. */
import type { LanguageModelApi } from '../prompt-api.ts';

type Created = Parameters<LanguageModelApi['create']>[0];

/** @param state what `availability` says */
export function stub(pieces: (string | Error)[] = ['Yes, ', 'sure.'], state: string = 'available') {
  const seen: { created: Created[]; prompted: unknown[]; destroyed: number } = {
    created: [],
    prompted: [],
    destroyed: 0,
  };
  const api = {
    availability: async () => state,
    async create(options: Created) {
      options.signal?.throwIfAborted();
      seen.created.push(options);
      const monitor = new EventTarget();
      options.monitor?.(monitor);
      monitor.dispatchEvent(Object.assign(new Event('downloadprogress'), { loaded: 0.5 }));
      return {
        inputQuota: 6144,
        promptStreaming(input: unknown, { signal }: { signal?: AbortSignal } = {}) {
          seen.prompted.push(input);
          const left = [...pieces];
          return new ReadableStream<string>(
            {
              pull(controller) {
                const piece = left.shift();
                if (signal?.aborted) controller.error(signal.reason);
                else if (piece instanceof Error) controller.error(piece);
                else if (piece === undefined) controller.close();
                else controller.enqueue(piece);
              },
            },
            { highWaterMark: 0 },
          );
        },
        destroy: () => void (seen.destroyed += 1),
      };
    },
  } as unknown as LanguageModelApi;
  return { api, seen };
}
