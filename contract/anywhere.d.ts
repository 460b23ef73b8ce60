/** The few globals that browsers, workers and Node all offer; all that contract and engine may use beside the language. */

interface EventListenerLike {
  addEventListener(type: string, listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start?: number, end?: number, contentType?: string): Blob;
  text(): Promise<string>;
}
declare const Blob: {
  new (parts?: (ArrayBuffer | ArrayBufferView | Blob | string)[], options?: { type?: string }): Blob;
};

interface AbortSignal extends EventListenerLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare const AbortController: { new (): AbortController };

interface TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}
declare const TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder };

declare const performance: {
  now(): number;
  measure(name: string, options: { start: number }): { readonly duration: number };
};
declare const crypto: {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  /** Absent on pages that came over plain http; so is `randomUUID`, which is why it is not listed here. */
  readonly subtle?: { digest(algorithm: 'SHA-256', bytes: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer> };
};

declare function atob(base64: string): string;
declare function setTimeout(callback: () => void, milliseconds?: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T): T;
