/** Requests of the page around the frame → what the assistant in it does, and what it tells back through the port. */
import { ApiError, asApiError, invalid } from '../completions/api-error.ts';
import type { CompletionParams } from '../completions/params.ts';
import type { Completion } from '../completions/reply.ts';
import type { Assistant } from '../assistant.ts';
import type { ImageAssistantElement } from '../element.ts';
import { idOf, readFrameRequest } from './check.ts';
import { FRAME_EVENTS, type FrameEvents, type FrameMessage, type FrameRequest, LIMITS } from './protocol.ts';

export type FrameElement = Pick<
  ImageAssistantElement,
  'load' | 'attach' | 'ask' | 'stop' | 'reset' | 'addEventListener'
>;

export interface FrameParts {
  /** What the person sees. */
  element: FrameElement;
  /** Answers completions, on the same engine; made when the first one comes. */
  assistant: () => Pick<Assistant, 'chat'>;
}

export class FrameConnection {
  readonly #port: MessagePort;
  readonly #parts: FrameParts;
  #lastId = 0;
  #pending = 0;
  readonly #completions = new Map<number, AbortController>();

  constructor(port: MessagePort, parts: FrameParts) {
    this.#port = port;
    this.#parts = parts;
    for (const name of FRAME_EVENTS) {
      parts.element.addEventListener(name, (event) => this.tell(name, (event as CustomEvent).detail));
    }
    port.addEventListener('message', ({ data }) => void this.#receive(data));
    port.addEventListener('messageerror', () => {
      this.#refuse(null, invalid('type', 'A message could not be read.'));
    });
    port.start();
  }

  tell<E extends keyof FrameEvents>(name: E, detail: FrameEvents[E]): void {
    this.#send({ type: 'event', name, detail } as FrameMessage);
  }

  #send(message: FrameMessage): void {
    this.#port.postMessage(message);
  }

  #refuse(id: number | null, thrown: unknown): void {
    this.#send({ type: 'failure', id, error: asApiError(thrown).error });
  }

  async #receive(data: unknown): Promise<void> {
    const id = idOf(data);
    // The answer to a number that was used before would end the request that has it.
    if (id !== null && id <= this.#lastId) {
      this.#refuse(null, invalid('id', `The id ${id} was used before, or a higher one was. Count upwards.`));
      return;
    }
    if (id !== null) this.#lastId = id;
    this.#pending += 1;
    try {
      const request = readFrameRequest(data);
      if (this.#pending > LIMITS.pending)
        throw invalid('id', `${LIMITS.pending} requests are waiting already. Ask again when some have ended.`);
      this.#send({ type: 'result', id: request.id, value: await this.#answer(request) });
    } catch (thrown) {
      this.#refuse(id, thrown);
    } finally {
      this.#pending -= 1;
    }
  }

  async #answer(request: FrameRequest): Promise<string | Completion | null> {
    const { element } = this.#parts;
    switch (request.type) {
      case 'ask':
        return element.ask(request.question);
      case 'complete':
        return this.#complete(request.id, request.params);
      case 'load':
        await element.load();
        return null;
      case 'attach':
        await element.attach(request.picture);
        return null;
      case 'stop':
        element.stop();
        return null;
      case 'reset':
        element.reset();
        return null;
      case 'cancel':
        this.#cancel(request.request);
        return null;
    }
  }

  async #complete(id: number, params: CompletionParams): Promise<Completion | null> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#completions.set(id, controller);
    try {
      const reply = await this.#parts.assistant().chat.completions.create(params, { signal });
      if (!('controller' in reply)) return reply;
      for await (const chunk of reply) this.#send({ type: 'chunk', id, chunk });
      return null;
    } catch (thrown) {
      throw signal.aborted ? new ApiError('cancelled', 'Stopped.', null, {}, thrown) : thrown;
    } finally {
      this.#completions.delete(id);
    }
  }

  #cancel(id: number): void {
    const controller = this.#completions.get(id);
    if (!controller) throw invalid('request', `No completion with the id ${id} is running.`);
    controller.abort();
  }
}
