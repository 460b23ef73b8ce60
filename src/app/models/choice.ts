/** Which model the person chose, and how much may be fetched without asking them. */
import { createContext } from 'react';
import type { DeviceSizes, LocalFile, ModelStore } from '../../../contract/stored-models.ts';
import { LOCAL_SCHEME } from '../../../contract/stored-models.ts';
import type { Words } from '../words/en.ts';

const KEY = 'model';
/** Anything larger is fetched only after a press. */
const FREE_BYTES = 20e6;

const agreed = new Set<string>();

/** Asks the browser not to delete on its own what is kept here. Only a page can ask. */
export async function askToPersist(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false; // refused or not offered: models are kept as long as there is room
  }
}

/** The person pressed Download for this model; holds until the page is closed. */
export function agree(modelUrl: string): void {
  agreed.add(modelUrl);
  // Now it makes sense to the person that the browser may ask them.
  void askToPersist();
}

export const networkLimit = (modelUrl: string): number =>
  agreed.has(modelUrl) ? Number.POSITIVE_INFINITY : FREE_BYTES;

/** True where bytes cost money, or where the person asked to save them. */
export function isMetered(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean; type?: string } };
  return connection?.saveData === true || connection?.type === 'cellular';
}

/**
 * True for a model that the worker which answers asks no server for: it was imported from files, or fetched from another
 * site by the worker that keeps models, which sees no image and no question.
 */
export function isKeptOnly(modelUrl: string): boolean {
  return modelUrl.startsWith(LOCAL_SCHEME) || new URL(modelUrl, location.href).origin !== location.origin;
}

const isModelUrl = (url: string): boolean =>
  URL.canParse(url) && [LOCAL_SCHEME, 'http:', 'https:'].includes(new URL(url).protocol);

/** The model of an earlier choice; null for the one that comes with the page. An address in the page's own address wins. */
export function chosenModel(search: string): string | null {
  if (new URLSearchParams(search).has('model')) return null;
  try {
    const url = localStorage.getItem(KEY);
    return url !== null && isModelUrl(url) ? url : null;
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

/** A model that is offered by name. */
export interface OfferedModel {
  /** Repository on the hub. */
  repo: string;
  name: string;
  licence: string;
  bytes: DeviceSizes;
  goodAt: keyof Words['panel']['skills'];
}

export interface Models {
  store: ModelStore;
  /** Where the model of this visit is kept; null when something else answers. */
  current: string | null;
  /** The model that comes with the page. */
  embedded: string;
  /** Models of the hub, the one that is offered first in front. */
  catalogue: () => Promise<readonly OfferedModel[]>;
  /** Whether this page may fetch from other sites. */
  connected: boolean;
  /** A folder that is kept here (null: the page's own) answers from now on; the page starts anew. */
  chooseFolder: (modelUrl: string | null) => void;
  /** A model of the hub answers from now on, after it was fetched. */
  chooseHub: (address: string) => void;
  /** These files answer until the page is closed, as the browser does not keep them. */
  runFiles: (files: readonly LocalFile[]) => void;
}

/** The same before the manager is opened, which then fetches the code that talks to the keeper of models. */
export type ModelsAccess = Omit<Models, 'store'> & { openStore: () => Promise<ModelStore> };

/** Null where the page manages no models, as in tests of other parts. */
export const ModelsContext = createContext<ModelsAccess | null>(null);
