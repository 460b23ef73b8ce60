/** A modal dialog with a title and a way out; the browser keeps the focus inside and gives it back afterwards. */
import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { CloseIcon } from './icons.tsx';
import { useWords } from './language.ts';

interface DialogProps {
  title: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, className, onClose, children }: DialogProps) {
  const words = useWords();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  function onClick(event: MouseEvent) {
    // Only a press beside the dialog has the dialog itself as its target.
    if (event.target === dialog.current) dialog.current?.close();
  }
  return (
    // The keyboard's way out, Escape, is the browser's own.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog ref={dialog} className={`dialog ${className}`} aria-labelledby={id} onClose={onClose} onClick={onClick}>
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="remove" aria-label={words.close} onClick={() => dialog.current?.close()}>
            <CloseIcon />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
