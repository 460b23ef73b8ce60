/** Drag and drop and paste anywhere on the page → pictures for the session. */
import { useEffect, useState } from 'react';
import { AppError } from '../../contract/errors.ts';
import type { Session } from './session.ts';

function addFirst(session: Session, files: FileList): void {
  const first = files.item(0);
  if (first === null) return;
  void session.addPicture(first).then(() => {
    if (files.length > 1 && session.getState().notice === null) {
      const message = 'One picture at a time: the first one was added.';
      session.setNotice(new AppError('request-invalid', message, { reason: 'oneAtATime', files: files.length }));
    }
  });
}

/** True while something is dragged over the page. Text that is pasted or dragged within the page is left alone. */
export function useIncomingPictures(session: Session): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const carries = (event: DragEvent, type: string) => event.dataTransfer?.types.includes(type) ?? false;
    const isPicture = (event: DragEvent) => carries(event, 'Files') || carries(event, 'text/uri-list');
    const listeners = new AbortController();
    const options = { signal: listeners.signal };
    window.addEventListener(
      'dragover',
      (event) => {
        if (!isPicture(event)) return;
        event.preventDefault();
        setDragging(true);
      },
      options,
    );
    // Leaving the window has no related target; leaving an element for another one has.
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setDragging(false), options);
    window.addEventListener(
      'drop',
      (event) => {
        setDragging(false);
        if (!isPicture(event)) return;
        event.preventDefault();
        const files = event.dataTransfer?.files;
        if (files !== undefined && files.length > 0) addFirst(session, files);
        else session.setNotice(new AppError('image-unsupported', 'That came without a file.', { reason: 'noFile' }));
      },
      options,
    );
    window.addEventListener(
      'paste',
      (event) => {
        const files = event.clipboardData?.files;
        if (files === undefined || files.length === 0) return;
        event.preventDefault();
        addFirst(session, files);
      },
      options,
    );
    return () => listeners.abort();
  }, [session]);
  return dragging;
}
