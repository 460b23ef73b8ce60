/** An assistant → a language model of the AI SDK (LanguageModelV3): `generateText({ model: miphaWeb(assistant), … })`. */
import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FinishReason,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
  LanguageModelV3Usage,
  SharedV3Warning,
} from '@ai-sdk/provider';
import type { ChatEvent, ChatRequest, FinishReason, Usage } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import { asApiError } from '../completions/api-error.ts';
import type { AnsweringAssistant } from '../answering-assistant.ts';
import { abortReason } from '../abort-reason.ts';
import { readCall } from './call.ts';

type Asked = Pick<AnsweringAssistant, 'model' | 'info' | 'fetchImage' | 'answer'>;

const TEXT_ID = '0';
const UNKNOWN: LanguageModelV3Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

function toUsage({ prompt_tokens, cached_tokens, completion_tokens }: Usage): LanguageModelV3Usage {
  return {
    inputTokens: {
      total: prompt_tokens,
      noCache: prompt_tokens - cached_tokens,
      cacheRead: cached_tokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completion_tokens, text: completion_tokens, reasoning: 0 },
  };
}

const toFinishReason = (reason: Exclude<FinishReason, 'cancelled'>): LanguageModelV3FinishReason => ({
  unified: reason,
  raw: reason,
});

type End = Extract<ChatEvent, { type: 'done' }> & { finish_reason: Exclude<FinishReason, 'cancelled'> };

class AssistantLanguageModel implements LanguageModelV3 {
  readonly specificationVersion = 'v3';
  readonly provider = 'mipha-web';
  /**
   * All of them: addresses that a model does not list are downloaded by the SDK itself, from anywhere. Which ones are
   * fetched, and which refused, is the assistant's to say (`imageOrigins`).
   */
  readonly supportedUrls = { '*/*': [/^/] };
  readonly #assistant: Asked;

  constructor(assistant: Asked) {
    this.#assistant = assistant;
  }

  get modelId(): string {
    return this.#assistant.info?.id ?? this.#assistant.model;
  }

  async doGenerate(options: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> {
    const { request, warnings } = await this.#read(options);
    let text = '';
    const { finish_reason, usage } = await this.#answer(request, options.abortSignal, (piece) => {
      text += piece;
    });
    return {
      content: [{ type: 'text', text }],
      finishReason: toFinishReason(finish_reason),
      usage: toUsage(usage),
      response: { timestamp: new Date(), modelId: this.modelId },
      warnings,
    };
  }

  /** Bad requests reject at once; what fails later is a part of the stream. Cancelling the stream stops the answer. */
  async doStream(options: LanguageModelV3CallOptions): Promise<LanguageModelV3StreamResult> {
    const { request, warnings } = await this.#read(options);
    const left = new AbortController();
    const { abortSignal } = options;
    const signal = abortSignal ? AbortSignal.any([abortSignal, left.signal]) : left.signal;
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (controller) => {
        const push = (part: LanguageModelV3StreamPart): void => {
          if (!left.signal.aborted) controller.enqueue(part);
        };
        this.#stream(request, warnings, signal, push)
          .catch((thrown: unknown) => {
            if (signal.aborted) throw thrown;
            push({ type: 'error', error: thrown });
            push({ type: 'finish', finishReason: { unified: 'error', raw: asApiError(thrown).code }, usage: UNKNOWN });
          })
          .then(
            () => controller.close(),
            (thrown: unknown) => controller.error(thrown),
          );
      },
      cancel: () => left.abort(),
    });
    return { stream };
  }

  async #stream(
    request: ChatRequest,
    warnings: SharedV3Warning[],
    signal: AbortSignal,
    push: (part: LanguageModelV3StreamPart) => void,
  ): Promise<void> {
    push({ type: 'stream-start', warnings });
    let begun = false;
    const { finish_reason, usage } = await this.#answer(request, signal, (delta) => {
      if (!begun) {
        push({ type: 'response-metadata', timestamp: new Date(), modelId: this.modelId });
        push({ type: 'text-start', id: TEXT_ID });
      }
      begun = true;
      push({ type: 'text-delta', id: TEXT_ID, delta });
    });
    if (begun) push({ type: 'text-end', id: TEXT_ID });
    push({ type: 'finish', finishReason: toFinishReason(finish_reason), usage: toUsage(usage) });
  }

  async #read(options: LanguageModelV3CallOptions) {
    const { abortSignal } = options;
    try {
      abortSignal?.throwIfAborted();
      return await readCall(options, this.#assistant.fetchImage);
    } catch (thrown) {
      throw abortReason(abortSignal) ?? asApiError(thrown);
    }
  }

  /** Runs an answer to its end. Throws ApiError, or what aborted `signal`. */
  async #answer(request: ChatRequest, signal: AbortSignal | undefined, onText: (text: string) => void): Promise<End> {
    try {
      for await (const event of this.#assistant.answer(request, signal)) {
        if (event.type === 'text') onText(event.text);
        if (event.type !== 'done') continue;
        if (event.finish_reason === 'cancelled') throw new AppError('cancelled', 'Stopped.');
        return event as End;
      }
      throw new AppError('backend-failed', 'The answer ended without saying why. Ask again.');
    } catch (thrown) {
      throw abortReason(signal) ?? asApiError(thrown);
    }
  }
}

/** Costs nothing: the model is loaded with the first question. */
export function miphaWeb(assistant: Asked): LanguageModelV3 {
  return new AssistantLanguageModel(assistant);
}
