/** Starts the page: settings from the address, one backend, one session, one root. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { createHistory } from './app/history/history.ts';
import { openShelf } from './app/history/shelf.ts';
import { createOffline } from './app/offline.ts';
import { browserPictures } from './app/pictures/read.ts';
import { applyPreferences, readPreferences } from './app/preferences.ts';
import { createSession } from './app/session.ts';
import { readSettings } from './app/settings.ts';
import './app/styles/index.css';
import { startInferenceWorker } from './backends/inference-worker.ts';
import { createWorkerBackend } from './backends/worker.ts';

const settings = readSettings(location.search, document.baseURI);
const backend = createWorkerBackend({ ...settings, createWorker: startInferenceWorker });
const session = createSession(backend, browserPictures);
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('conversations') : null;
const history = createHistory(session, openShelf(), browserPictures, tabs);
const offline = createOffline();

// The service worker stores some megabytes of code; it begins when the model no longer needs the network.
const unsubscribe = session.subscribe(() => {
  const { model } = session.getState();
  if (model.status !== 'ready') return;
  unsubscribe();
  const { device } = model.info;
  if (import.meta.env.PROD) void offline.start(device === 'webgpu' ? device : 'wasm');
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
session.load();
try {
  await applyPreferences(readPreferences());
} catch {
  // The words of that language did not arrive; the page begins in English.
}
createRoot(root).render(
  <StrictMode>
    <App session={session} offline={offline} history={history} reader={browserPictures} />
  </StrictMode>,
);
