/** The stored choice and the page's address → the backend that answers, and the settings with which another is chosen. */
import type { Backend } from '../contract/backend.ts';
import type { LocalFile } from '../contract/stored-models.ts';
import type { BackendSettings } from './app/backends/BackendPanel.tsx';
import type { Session } from './app/session.ts';
import {
  type BackendChoice,
  createChosenBackend,
  hubAddress,
  type MiphaOptions,
  mayConnect,
  needsConnections,
  privacyOf,
  readChoice,
  rememberChoice,
} from './backends/choose.ts';
import { SwitchableBackend } from './backends/switchable.ts';
import { isLocked } from './lock.ts';

/** `localStorage`, which throws by its mere mention where site data is blocked. */
const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) => localStorage.setItem(key, value),
  removeItem: (key: string) => localStorage.removeItem(key),
};

const browserModel = async () => (await import('./backends/prompt-api.ts')).promptApiAvailability();

/** What the model manager needs beside the panel. */
export interface ModelSettings {
  /** Where the model that answers is kept; null when something else answers, or files that are not kept. */
  modelUrl: string | null;
  /** The next visit begins with a model in our own format. */
  forget: () => void;
  /** The model in these files answers until the page is closed. */
  applyFiles: (files: readonly LocalFile[]) => void;
}

export interface ChosenBackend {
  backend: SwitchableBackend;
  /** Whether the worker for hub models is in use. */
  usesHub: () => boolean;
  /** For the panel; `onChange` hears when it has to be shown anew. */
  settings: (session: Session, onChange: () => void) => BackendSettings & ModelSettings;
}

export function chosenBackend(mipha: MiphaOptions): ChosenBackend {
  const connected = mayConnect(document);
  const stored = readChoice(storage);
  // The strict page answers by itself whatever was chosen on the other one, the locked page with nobody's help at all.
  const fits = !isLocked(document) && (connected || !needsConnections(stored));
  let choice: BackendChoice = fits ? stored : { kind: 'mipha' };
  let first: Backend;
  try {
    first = createChosenBackend(choice, mipha);
  } catch {
    // Stored by an older version, or by hand: the model that everybody gets.
    choice = { kind: 'mipha' };
    first = createChosenBackend(choice, mipha);
  }
  const backend = new SwitchableBackend(first);
  let modelUrl = modelUrlOf(choice, mipha);
  return {
    backend,
    usesHub: () => choice.kind === 'hub',
    settings(session, onChange) {
      const privacy = privacyOf(choice);
      function change(made: Backend): void {
        session.stop();
        void backend.use(made).finally(() => session.load());
        onChange();
      }
      return {
        choice,
        connected,
        sentTo: privacy === 'device' ? null : privacy.server,
        browserModel,
        modelUrl,
        apply(next, rememberKey) {
          const made = createChosenBackend(next, mipha);
          choice = next;
          modelUrl = modelUrlOf(next, mipha);
          rememberChoice(storage, next, rememberKey);
          change(made);
        },
        forget: () => void rememberChoice(storage, DEFAULT, false),
        applyFiles(files) {
          choice = DEFAULT;
          modelUrl = null;
          change(createChosenBackend(choice, { ...mipha, keptOnly: false, files }));
        },
      };
    },
  };
}

const DEFAULT: BackendChoice = { kind: 'mipha' };

function modelUrlOf(choice: BackendChoice, mipha: MiphaOptions): string | null {
  if (choice.kind === 'mipha') return mipha.modelUrl;
  return choice.kind === 'hub' ? `${hubAddress(choice.address).replace(/\/+$/, '')}/` : null;
}
