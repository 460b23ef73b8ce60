/** Image addresses of a request → their bytes: `blob:` of this page, and `https:` of the origins a site allowed. */
import { readImageFile } from '../interaction/image-file.ts';
import { ApiError, invalid } from './completions/api-error.ts';
import { dataUrlToBlob, type FetchImage, MAX_IMAGE_BYTES, tooLarge } from './completions/image-url.ts';

async function readBody(response: Response, param: string): Promise<Blob> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > MAX_IMAGE_BYTES) throw tooLarge(announced, param);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done || !value) break;
    bytes += value.length;
    if (bytes > MAX_IMAGE_BYTES) {
      await reader?.cancel();
      throw tooLarge(bytes, param);
    }
    pieces.push(value as Uint8Array<ArrayBuffer>);
  }
  return new Blob(pieces, { type: response.headers.get('content-type') ?? '' });
}

/** `origins` are exact, such as `https://images.example`; a redirect to elsewhere fails. */
export function fetchImageFrom(origins: readonly string[] = []): FetchImage {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  return async (address, param, signal) => {
    const url = URL.canParse(address) ? new URL(address) : null;
    const own = url?.protocol === 'blob:';
    if (!url || !(own || (/^https?:$/.test(url.protocol) && allowed.has(url.origin)))) {
      const hint = 'Send data: or blob:, or allow the origin with imageOrigins.';
      throw invalid(param, `Pictures are not fetched from other addresses. ${hint}`);
    }
    try {
      const options = { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' } as const;
      const response = await fetch(url, { ...options, ...(signal ? { signal } : {}) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return await readBody(response, param);
    } catch (cause) {
      if (cause instanceof ApiError || signal?.aborted) throw cause;
      const what = own ? 'This blob: address holds no picture any more.' : 'The picture could not be fetched.';
      throw new ApiError('image-broken', what, param, {}, cause);
    }
  };
}

/** An image, or what is at its address, known from its header to be one that can be opened; throws with a `reason` otherwise. */
export async function openImage(source: Blob | string): Promise<Blob> {
  const image = typeof source === 'string' ? await readImage(source) : source;
  await readImageFile(image);
  return image;
}

/** The bytes behind an address of this page's origin, `data:` or `blob:`. */
function readImage(address: string): Promise<Blob> | Blob {
  if (/^data:/i.test(address)) return dataUrlToBlob(address, 'src');
  const own = location.origin === 'null' ? [] : [location.origin];
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI).href : address;
  return fetchImageFrom(own)(url, 'src');
}
