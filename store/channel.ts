/** What happens to the stored models in one tab → the other tabs and threads of this origin. */
import type { LoadProgress } from '../contract/backend.ts';
import { asStoreChange, STORE_CHANNEL, type StoreChange } from '../contract/stored-models.ts';

interface ProgressMessage {
  type: 'progress';
  modelUrl: string;
  progress: LoadProgress;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isProgress(value: unknown): value is ProgressMessage {
  if (
    !isObject(value) ||
    value.type !== 'progress' ||
    typeof value.modelUrl !== 'string' ||
    !isObject(value.progress)
  ) {
    return false;
  }
  const { loaded_bytes, total_bytes } = value.progress;
  return Number.isFinite(loaded_bytes) && Number.isFinite(total_bytes);
}

/** Tells everybody else once. */
export function announce(message: StoreChange | ProgressMessage): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(STORE_CHANNEL);
  channel.postMessage(message);
  channel.close();
}

function listen(onMessage: (data: unknown) => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {};
  const channel = new BroadcastChannel(STORE_CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => onMessage(data);
  return () => channel.close();
}

/** Calls `listener` when another tab or thread deletes or completes a model; returns how to stop. */
export function watchStore(listener: (change: StoreChange) => void): () => void {
  return listen((data) => {
    const change = asStoreChange(data);
    if (change) listener(change);
  });
}

/** Reports the progress of whoever fetches this model at the moment; returns how to stop. */
export function followProgress(modelUrl: string, onProgress: (progress: LoadProgress) => void): () => void {
  return listen((data) => {
    if (!isProgress(data) || data.modelUrl !== modelUrl) return;
    const { loaded_bytes, total_bytes } = data.progress;
    onProgress({ step: 'download', loaded_bytes, total_bytes, network_bytes: 0 });
  });
}
