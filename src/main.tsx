/** Starts the page: settings from the address, one backend, one session, one root. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { createOffline } from './app/offline.ts';
import { browserPictures } from './app/pictures.ts';
import { createSession } from './app/session.ts';
import { readSettings } from './app/settings.ts';
import './app/styles/index.css';
import { startInferenceWorker } from './backends/inference-worker.ts';
import { createWorkerBackend } from './backends/worker.ts';

const settings = readSettings(location.search, document.baseURI);
const backend = createWorkerBackend({ ...settings, createWorker: startInferenceWorker });
const session = createSession(backend, browserPictures);
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
createRoot(root).render(
  <StrictMode>
    <App session={session} offline={offline} />
  </StrictMode>,
);
session.load();
