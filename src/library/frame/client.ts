/** An iframe that shows embed.html → its assistant, as promises and events on the page around it. */
import { ApiError } from '../completions/api-error.ts';
import { AssistantFrame, asError } from './assistant-frame.ts';
import { type Connect, type FrameMessage, PROTOCOL_VERSION, type Theme } from './protocol.ts';

export { ApiError, type ApiErrorObject } from '../completions/api-error.ts';
export type * from '../completions/params.ts';
export type { Completion, CompletionChunk } from '../completions/reply.ts';
export type { AssistantFrame, FrameCompletions } from './assistant-frame.ts';
export type { FrameEvents, Theme } from './protocol.ts';

export interface FrameOptions {
  /** Where the frame comes from, such as `https://assistant.example`; nothing is ever sent to any other origin. */
  origin: string;
  /** Language of the frame's controls, BCP 47. @default the browser's */
  lang?: string;
  /** @default the system's */
  theme?: Theme;
  /** Ends the wait for the frame. */
  signal?: AbortSignal;
  /** Milliseconds to wait for the frame, once it was called. @default 30000 */
  timeout?: number;
}

function silence(origin: string, timeout: number): ApiError {
  const message =
    `The frame did not answer within ${timeout} ms. Does it show embed.html of ${origin}, ` +
    `and does the embed-origins.json there name ${location.origin}?`;
  return new ApiError('server-unreachable', message, null, { origin, timeout_ms: timeout });
}

/**
 * Connects with the embed.html in `iframe`, loaded or still loading. Once for each time that it loads: a second connection
 * is refused. Rejects with ApiError, with what aborted `signal`, and with `server-unreachable` when the frame keeps silent.
 */
export async function connectFrame(iframe: HTMLIFrameElement, options: FrameOptions): Promise<AssistantFrame> {
  const { origin, lang, theme, signal, timeout = 30_000 } = options;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    throw new ApiError(
      'request-invalid',
      `${origin} is not an origin, such as https://assistant.example.`,
      'origin',
      {},
    );
  const limit = AbortSignal.timeout(timeout);
  const given = AbortSignal.any([limit, ...(signal ? [signal] : [])]);
  const { port1, port2 } = new MessageChannel();
  const frame = new AssistantFrame(port1);
  const connect: Connect = {
    type: 'mipha-connect',
    version: PROTOCOL_VERSION,
    ...(lang ? { lang } : {}),
    ...(theme ? { theme } : {}),
  };
  const over = new AbortController();
  try {
    await new Promise<void>((connected, failed) => {
      given.throwIfAborted();
      given.addEventListener('abort', () => failed(given.reason), over);
      port1.addEventListener(
        'message',
        ({ data }: MessageEvent<FrameMessage>) => {
          if (data.type === 'connected') connected();
          else if (data.type === 'failure') failed(asError(data.error));
        },
        over,
      );
      port1.start();
      let sent = false;
      globalThis.addEventListener(
        'message',
        ({ source, origin: from, data }) => {
          if (sent || source !== iframe.contentWindow || from !== origin) return;
          if (Object(data).type !== 'mipha-hello') return;
          sent = true;
          iframe.contentWindow?.postMessage(connect, origin, [port2]);
        },
        over,
      );
      // A frame that has loaded before is asked to say hello again; the empty page before it would only complain.
      if (iframe.contentDocument?.URL !== 'about:blank')
        iframe.contentWindow?.postMessage({ type: 'mipha-hello', version: PROTOCOL_VERSION }, origin);
    });
    return frame;
  } catch (thrown) {
    frame.close();
    throw thrown === limit.reason ? silence(origin, timeout) : thrown;
  } finally {
    over.abort();
  }
}
