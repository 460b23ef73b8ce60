/** Files that are dropped, pasted, shared or opened with the app → images for the session. */
import { useEffect, useState } from 'react';
import { AppError } from '../../../contract/errors.ts';
import { type ImageReceiver, listenForImages } from '../../interaction/listen.ts';
import { noFile } from '../../interaction/pasted.ts';
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
    const listeners = new AbortController();
    const receiver: ImageReceiver = {
      take: (files) => addAll(session, files),
      refuse: (error) => session.setNotice(error),
      dragging: setDragging,
      claim: takeModel,
    };
    listenForImages(window, receiver, listeners.signal);
    takeLaunched(session);
    void takeShared(session);
    return () => listeners.abort();
  }, [session]);
  return dragging;
}
