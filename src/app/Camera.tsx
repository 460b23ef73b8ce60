/** The device's camera → one photo as a JPEG blob, through a dialog with a preview. The stream ends with the dialog. */
import { useEffect, useRef, useState } from 'react';
import { CameraIcon, TurnIcon } from './icons.tsx';
import { useWords, words } from './language.ts';

const FAILURES = { NotAllowedError: 'blocked', NotFoundError: 'missing', NotReadableError: 'busy' } as const;

function failureText(thrown: unknown): string {
  const name = thrown instanceof DOMException ? thrown.name : '';
  return words().camera[FAILURES[name as keyof typeof FAILURES] ?? 'failed'];
}

/** What `video` shows right now, or null when it shows nothing yet. */
function still(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.videoWidth === 0) return Promise.resolve(null);
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}

/** A ref for a `<video>` that shows the camera while mounted, whether it does yet, or why it can't. */
function useCamera(facing: 'environment' | 'user') {
  const video = useRef<HTMLVideoElement>(null);
  const [status, setStatus] = useState<{ live: boolean; failure: string | null }>({ live: false, failure: null });
  useEffect(() => {
    let stream: MediaStream | null = null;
    let closed = false;
    const end = () => stream?.getTracks().forEach((track) => track.stop());
    async function open() {
      setStatus({ live: false, failure: null });
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: facing, width: { ideal: 1920 }, height: { ideal: 1920 } },
        });
        if (closed || video.current === null) return end();
        video.current.srcObject = stream;
        await video.current.play();
        setStatus({ live: true, failure: null });
      } catch (thrown) {
        if (!closed) setStatus({ live: false, failure: failureText(thrown) });
      }
    }
    void open();
    return () => {
      closed = true;
      end();
    };
  }, [facing]);
  return { video, ...status };
}

export function Camera({ onPhoto, onClose }: { onPhoto: (photo: Blob) => void; onClose: () => void }) {
  const words = useWords();
  const w = words.camera;
  const dialog = useRef<HTMLDialogElement>(null);
  const [facing, setFacing] = useState<'environment' | 'user'>('environment');
  const { video, live, failure } = useCamera(facing);
  useEffect(() => dialog.current?.showModal(), []);

  async function take() {
    const photo = video.current && (await still(video.current));
    if (photo === null) return;
    onPhoto(photo);
    dialog.current?.close();
  }
  return (
    <dialog ref={dialog} className="camera" aria-labelledby="camera-title" onClose={onClose}>
      <h2 id="camera-title">{w.title}</h2>
      {failure === null ? (
        <video ref={video} aria-label={w.preview} muted playsInline />
      ) : (
        <p className="failure" role="alert">
          {failure}
        </p>
      )}
      {!live && failure === null && <p className="waiting">{w.starting}</p>}
      <div className="composer-row">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {words.cancel}
        </button>
        <span className="spacer" />
        {live && (
          <button
            type="button"
            className="tool compact"
            onClick={() => setFacing(facing === 'user' ? 'environment' : 'user')}
          >
            <TurnIcon />
            <span>{w.turn}</span>
          </button>
        )}
        <button type="button" className="button primary" disabled={!live} onClick={() => void take()}>
          <CameraIcon />
          {w.take}
        </button>
      </div>
    </dialog>
  );
}
