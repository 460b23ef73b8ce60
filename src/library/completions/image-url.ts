/** The address of an image → its encoded bytes, without a request for those that carry the bytes themselves. */
import { ApiError, invalid } from './api-error.ts';

/** Fetches addresses that are not `data:`; throws an ApiError for those it will not. */
export type FetchImage = (url: string, param: string, signal?: AbortSignal) => Promise<Blob>;

/** Larger images are refused before they are decoded. */
export const MAX_IMAGE_BYTES = 64 * 1024 * 1024;

const DATA_URL = /^data:([a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+)?((?:;[^;,]*)*?)(;base64)?,/i;

export function tooLarge(bytes: number, param: string): ApiError {
  const message = `This picture has ${bytes} bytes; ${MAX_IMAGE_BYTES} are the most. Send a smaller copy.`;
  return new ApiError('image-too-large', message, param, { bytes, max_bytes: MAX_IMAGE_BYTES });
}

/** Throws `request-invalid` for anything but base64, `image-too-large` past the limit. */
export function dataUrlToBlob(url: string, param: string): Blob {
  const match = DATA_URL.exec(url.slice(0, 256));
  if (!match) throw invalid(param, 'This data: URL cannot be read. It has to be data:image/TYPE;base64,BYTES.');
  const [head, type = ''] = match;
  if (match[3] === undefined) throw invalid(param, 'A data: URL has to be base64: data:image/TYPE;base64,BYTES.');
  const most = Math.ceil((url.length - head.length) * 0.75);
  if (most > MAX_IMAGE_BYTES) throw tooLarge(most, param);
  let binary: string;
  try {
    binary = atob(url.slice(head.length));
  } catch (cause) {
    throw new ApiError('request-invalid', 'The base64 of this data: URL is damaged.', param, {}, cause);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new Blob([bytes], { type });
}

/** For where nothing is fetched: only images that are in the request. */
export const onlyDataUrls: FetchImage = async (_url, param) => {
  throw invalid(param, 'Pictures are not fetched from other addresses. Send the bytes: data:image/TYPE;base64,BYTES.');
};
