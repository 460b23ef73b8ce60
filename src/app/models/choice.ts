/** Which model the person chose, and how much may be fetched without asking them. */
import { createContext } from 'react';
import { LOCAL_SCHEME, type ModelStore } from '../../../contract/stored-models.ts';

const KEY = 'model';
/** Anything larger is fetched only after a press. */
const FREE_BYTES = 20e6;

let agreed = false;

/** The person pressed Download; holds until the page is closed. */
export function agree(): void {
  agreed = true;
  // Only a page can ask, and only now does it make sense to the person. Refused: the model is kept as long as there is room.
  void navigator.storage?.persist?.().catch(() => false);
}

export const networkLimit = (): number => (agreed ? Number.POSITIVE_INFINITY : FREE_BYTES);

/** True where bytes cost money, or where the person asked to save them. */
export function isMetered(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean; type?: string } };
  return connection?.saveData === true || connection?.type === 'cellular';
}

/** True for a model that no request to this page's own server can bring: it was imported from files. */
export const isKeptOnly = (modelUrl: string): boolean => modelUrl.startsWith(LOCAL_SCHEME);

/** The model of an earlier choice; null for the one that comes with the page. An address in the page's own address wins. */
export function chosenModel(search: string): string | null {
  if (new URLSearchParams(search).has('model')) return null;
  try {
    const url = localStorage.getItem(KEY);
    return url !== null && isKeptOnly(url) ? url : null;
  } catch {
    return null; // storage is blocked: nothing was ever chosen
  }
}

/** Remembers the choice (null: the model that comes with the page) and starts the page anew with it. */
export function chooseModel(modelUrl: string | null): void {
  try {
    if (modelUrl === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, modelUrl);
  } catch {
    // Storage is blocked; then no model but the page's own is kept either.
  }
  location.reload();
}

export interface Models {
  store: ModelStore;
  /** The model of this visit, and the one that comes with the page. */
  current: string;
  embedded: string;
}

/** Null where the page manages no models, as in tests of other parts. */
export const ModelsContext = createContext<Models | null>(null);
