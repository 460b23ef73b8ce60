/** Pastes, drags and drops on a part of a page → images that a person brings, by the same rules everywhere. */
import type { AppError } from '../../contract/errors.ts';
import { type Brought, mayBeImage, readDrop, readPaste } from './pasted.ts';

export interface ImageReceiver {
  take(files: File[]): void;
  /** Something came that is not taken; the error says what to do instead. */
  refuse(error: AppError): void;
  /** Something that may be an image is held over the place, or no longer. */
  dragging(over: boolean): void;
  /** Takes a drop for another purpose; asked while the event is handled. */
  claim?(data: DataTransfer): boolean;
}

/** True when the pointer leaves `place` and not only a part of it; leaving the window has no related target. */
function leaves(place: EventTarget, { relatedTarget }: DragEvent): boolean {
  if (relatedTarget === null) return true;
  return place instanceof Node && !place.contains(relatedTarget as Node);
}

/** Listens until `signal` is aborted. */
export function listenForImages(place: EventTarget, receiver: ImageReceiver, signal?: AbortSignal): void {
  const listen = <E extends Event>(type: string, listener: (event: E) => void): void =>
    place.addEventListener(type, listener as EventListener, signal ? { signal } : {});
  const receive = (event: Event, brought: Brought): void => {
    if (brought === null) return;
    event.preventDefault();
    if ('files' in brought) receiver.take(brought.files);
    else receiver.refuse(brought.refusal);
  };
  // A picture of the place itself is dragged, perhaps by a hand that slipped: it is here already.
  let own = false;
  listen<DragEvent>('dragstart', () => (own = true));
  listen<DragEvent>('dragend', () => (own = false));
  listen<DragEvent>('dragover', (event) => {
    const { dataTransfer } = event;
    if (dataTransfer === null || !mayBeImage(dataTransfer)) return;
    event.preventDefault();
    // Left to the browser, its address would be written into the question.
    if (own) dataTransfer.dropEffect = 'none';
    else receiver.dragging(true);
  });
  listen<DragEvent>('dragleave', (event) => {
    if (leaves(place, event)) receiver.dragging(false);
  });
  listen<DragEvent>('drop', (event) => {
    receiver.dragging(false);
    const { dataTransfer } = event;
    if (own && mayBeImage(dataTransfer)) event.preventDefault();
    else if (dataTransfer !== null && mayBeImage(dataTransfer) && receiver.claim?.(dataTransfer))
      event.preventDefault();
    else receive(event, readDrop(dataTransfer));
  });
  // The field that has the focus may stand in a shadow tree.
  listen<ClipboardEvent>('paste', (event) => receive(event, readPaste(event.clipboardData, event.composedPath()[0])));
}
