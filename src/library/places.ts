/** What a site says about where things lie → absolute addresses of the runtime and of the model. */
import { AppError } from '../../contract/errors.ts';

export const DEFAULT_MODEL = 'mipha-nano';

/** A variable of its own: bundlers rewrite `new URL('…', import.meta.url)` and look for a file. */
const here = import.meta.url;

export interface Place {
  /** Name of a model in the runtime's `models/` folder, or the address of a model folder. @default 'mipha-nano' */
  model?: string | undefined;
  /** Where the package's `runtime/` folder is served. @default beside the library's own file */
  baseUrl?: string | URL | undefined;
}

function folder(address: string | URL, base: string | URL, what: string): URL {
  const text = String(address);
  if (!URL.canParse(text, base)) throw new AppError('request-invalid', `${what} is not an address: ${text}`, {});
  const url = new URL(text, base);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Whether this runs where there are pages: sites import the library on their server as well. */
export const inPage = (): boolean => typeof location !== 'undefined';

function page(): string {
  if (!inPage()) throw new AppError('request-invalid', 'There is no page here. Ask in the browser, not on the server.');
  return typeof document === 'undefined' ? location.href : document.baseURI;
}

/** Throws `request-invalid`. */
export function resolvePlace({ model = DEFAULT_MODEL, baseUrl }: Place): { runtime: URL; modelUrl: URL } {
  const runtime = baseUrl === undefined ? new URL('runtime/', here) : folder(baseUrl, page(), 'baseUrl');
  const named = /^[a-z0-9][a-z0-9._-]*$/i.test(model);
  const modelUrl = named ? new URL(`models/${model}/`, runtime) : folder(model, page(), 'model');
  return { runtime, modelUrl };
}
