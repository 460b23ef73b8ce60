/** Files that are dropped, pasted, shared or opened with the app → images for the session. */
import { useEffect, useState } from 'react';
import { AppError } from '../../../contract/errors.ts';
import { takeModel } from '../models/dropped.ts';
import { sharedImages } from '../offline.ts';
import type { Session } from '../session.ts';
import { maxImages } from '../state.ts';

/** Adds as many as one question takes and says so when there were more. */
export function addAll(session: Session, files: readonly Blob[]): void {
  const max = maxImages(session.getState());
  const added = files.slice(0, max).map((file) => session.addImage(file));
  if (files.length <= max) return;
  const reason = max === 1 ? 'oneAtATime' : 'tooManyImages';
  const error = new AppError('request-invalid', `Only ${max} of them were added.`, {
    reason,
    max,
    files: files.length,
  });
  void Promise.all(added).then(() => session.getState().notice ?? session.setNotice(error));
}

/** True when the text is one address of the web and nothing else. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text.trim());
}

function onPaste(session: Session, event: ClipboardEvent): void {
  const files = event.clipboardData?.files;
  if (files !== undefined && files.length > 0) {
    event.preventDefault();
    addAll(session, [...files]);
  } else if (isAddress(event.clipboardData?.getData('text/plain') ?? '')) {
    event.preventDefault();
    session.setNotice(new AppError('request-invalid', 'That is an address.', { reason: 'address' }));
  }
}

const noFile = () => new AppError('image-unsupported', 'That came without a file.', { reason: 'noFile' });

function onDrop(session: Session, event: DragEvent): void {
  const files = event.dataTransfer?.files;
  if (files !== undefined && files.length > 0) addAll(session, [...files]);
  else session.setNotice(noFile());
}

interface LaunchQueue {
  setConsumer: (consumer: (launch: { files?: readonly { getFile: () => Promise<File> }[] }) => void) => void;
}

/** Images that the system opened with the installed app. */
function takeLaunched(session: Session): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ files = [] }) => {
    Promise.all(files.map((handle) => handle.getFile())).then(
      (opened) => addAll(session, opened),
      (cause: unknown) => {
        session.setNotice(new AppError('image-broken', 'The file could not be read.', { reason: 'gone' }, cause));
      },
    );
  });
}

/** Images that another app shared with the installed one. They are added to the draft; nothing is ever asked by itself. */
async function takeShared(session: Session): Promise<void> {
  if (!new URLSearchParams(location.search).has('shared')) return;
  history.replaceState(null, '', location.pathname);
  const blobs = await sharedImages();
  if (blobs.length > 0) addAll(session, blobs);
  else session.setNotice(noFile());
}

/** True while something is dragged over the page. Text that is pasted or dragged within the page is left alone. */
export function useIncomingImages(session: Session): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const carries = (event: DragEvent, type: string) => event.dataTransfer?.types.includes(type) ?? false;
    const isImage = (event: DragEvent) => carries(event, 'Files') || carries(event, 'text/uri-list');
    const listeners = new AbortController();
    const listen = <Type extends 'dragover' | 'dragleave' | 'drop'>(type: Type, listener: (event: DragEvent) => void) =>
      window.addEventListener(type, listener, { signal: listeners.signal });
    listen('dragover', (event) => {
      if (!isImage(event)) return;
      event.preventDefault();
      setDragging(true);
    });
    // Leaving the window has no related target; leaving an element for another one has.
    listen('dragleave', (event) => event.relatedTarget === null && setDragging(false));
    listen('drop', (event) => {
      setDragging(false);
      if (!isImage(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null && takeModel(event.dataTransfer)) return;
      onDrop(session, event);
    });
    window.addEventListener('paste', (event) => onPaste(session, event), { signal: listeners.signal });
    takeLaunched(session);
    void takeShared(session);
    return () => listeners.abort();
  }, [session]);
  return dragging;
}
