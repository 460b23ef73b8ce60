/** The page's address → which model to load and on which device. */
import type { Device } from '../../contract/backend.ts';

export interface Settings {
  /** Absolute URL of the model folder, with a trailing slash. */
  modelUrl: string;
  device?: Device;
  variant?: string;
}

const EMBEDDED_MODEL = 'models/mipha-nano/';

/** A model folder inside the page's own folder, or the embedded one: an address from a link must not fetch from elsewhere. */
function modelUrl(folder: string | null, baseUri: string): string {
  const base = new URL('.', baseUri);
  const embedded = new URL(EMBEDDED_MODEL, base).href;
  if (folder === null || folder === '' || !URL.canParse(folder, base.href)) return embedded;
  const url = new URL(folder.endsWith('/') ? folder : `${folder}/`, base);
  const inside = url.origin === base.origin && url.pathname.startsWith(base.pathname);
  return inside && url.search === '' && url.hash === '' ? url.href : embedded;
}

/** `?device=webgpu|wasm`, `?variant=ID`, `?model=FOLDER`; what is not understood is ignored. */
export function readSettings(search: string, baseUri: string): Settings {
  const query = new URLSearchParams(search);
  const device = query.get('device');
  const variant = query.get('variant');
  return {
    modelUrl: modelUrl(query.get('model'), baseUri),
    ...(device === 'webgpu' || device === 'wasm' ? { device } : {}),
    ...(variant ? { variant } : {}),
  };
}
