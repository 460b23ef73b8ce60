/** Starts the page: settings from the address, one backend, one session, one root. */
import './app/start-failure.ts';
import { StrictMode, useReducer } from 'react';
import { createRoot } from 'react-dom/client';
import type { ModelStore } from '../contract/stored-models.ts';
import { App } from './app/App.tsx';
import { BackendButton } from './app/backends/BackendButton.tsx';
import type { History } from './app/history/history.ts';
import {
  chooseModel,
  chosenModel,
  isKeptOnly,
  type ModelsAccess,
  ModelsContext,
  networkLimit,
} from './app/models/choice.ts';
import { followKeyboard } from './app/keyboard.ts';
import { fetchLateWords, language } from './app/language.ts';
import { createOffline, type Runtime } from './app/offline.ts';
import { browserImages } from './app/images/reader.ts';
import { applyPreferences, readPreferences } from './app/preferences.ts';
import { createSession } from './app/session.ts';
import { readSettings } from './app/settings.ts';
import './app/styles/index.css';
import { chosenBackend } from './chosen-backend.ts';
import { isLocked } from './lock.ts';

const locked = isLocked(document);
if (locked) (await import('./lock-workers.ts')).lockWorkers();
const settings = readSettings(location.search, document.baseURI);
const earlier = chosenModel(location.search);
const modelUrl = earlier ?? settings.modelUrl;
let store: Promise<ModelStore> | null = null;
const openStore = () => (store ??= import('./backends/model-store.ts').then((part) => part.createModelStore()));
const catalogue = async () => (await import('./backends/catalogue.ts')).CATALOGUE;
const chosen = chosenBackend({
  ...settings,
  modelUrl,
  keptOnly: locked || (earlier !== null && isKeptOnly(earlier)),
  maxNetworkBytes: networkLimit,
});
const session = createSession(chosen.backend, browserImages);
const offline = createOffline(locked);

// The service worker stores some megabytes of code; it begins when the model no longer needs the network.
let ready: unknown = null;
session.subscribe(() => {
  const { model } = session.getState();
  if (model.status !== 'ready' || model.info === ready) return;
  ready = model.info;
  const { device } = model.info;
  const runtimes: Runtime[] = device === 'wasm' || device === 'webgpu' ? [device] : [];
  if (import.meta.env.PROD) void offline.start(chosen.usesHub() ? [...runtimes, 'hub'] : runtimes);
});

function Page() {
  const [, showAnew] = useReducer((count: number) => count + 1, 0);
  const choice = chosen.settings(session, showAnew);
  const models: ModelsAccess = {
    openStore,
    current: choice.modelUrl,
    embedded: settings.modelUrl,
    catalogue,
    connected: choice.connected,
    chooseFolder(url) {
      choice.forget();
      chooseModel(url);
    },
    chooseHub: (address) => choice.apply({ kind: 'hub', address }, false),
    runFiles: choice.applyFiles,
  };
  return (
    <ModelsContext value={models}>
      <App
        session={session}
        offline={offline}
        history={history}
        reader={browserImages}
        settings={<BackendButton settings={choice} />}
        elsewhere={choice.sentTo !== null}
      />
    </ModelsContext>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
session.load();
try {
  await applyPreferences(readPreferences());
} catch {
  // The words of that language did not arrive; the page begins in English.
}
/** Begins to keep the conversation; the first screen does not wait for it. */
async function startHistory(): Promise<History> {
  const [{ createHistory }, { openShelf }] = await Promise.all([
    import('./app/history/history.ts'),
    import('./app/history/shelf.ts'),
  ]);
  const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('conversations') : null;
  return createHistory(session, openShelf(), browserImages, tabs);
}
followKeyboard();
const history = startHistory();
history.catch(() => {
  // The drawer says that its code could not be fetched.
});
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
if (language() === 'en') {
  fetchLateWords().catch(() => {
    // Until they arrive with a later part, failures are told by their own messages.
  });
}
