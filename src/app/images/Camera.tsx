/** The device's camera → one photo as a JPEG, through a dialog with a preview. The camera is off while a photo is judged. */
import { useEffect, useRef, useState } from 'react';
import { Dialog } from '../Dialog.tsx';
import { CameraIcon, RetryIcon, TurnIcon } from '../icons.tsx';
import { useWords } from '../language.ts';
import type { Words } from '../words/en.ts';
import { still } from './still.ts';

const FAILURES: Record<string, keyof Words['camera']> = {
  NotAllowedError: 'blocked',
  NotFoundError: 'missing',
  NotReadableError: 'busy',
};

type Facing = 'environment' | 'user';

interface Photo {
  blob: Blob;
  url: string;
}

/** A ref for a `<video>` that shows the camera while `on`, whether it does yet, or why it can't. */
function useCamera(facing: Facing, on: boolean) {
  const video = useRef<HTMLVideoElement>(null);
  const [status, setStatus] = useState<{ live: boolean; failure: keyof Words['camera'] | null }>({
    live: false,
    failure: null,
  });
  useEffect(() => {
    if (!on) return;
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
        const name = thrown instanceof DOMException ? thrown.name : '';
        if (!closed) setStatus({ live: false, failure: FAILURES[name] ?? 'failed' });
      }
    }
    void open();
    return () => {
      closed = true;
      end();
    };
  }, [facing, on]);
  return { video, ...status };
}

/** The photo that was taken, to be judged; its address is freed with it. */
function usePhoto() {
  const [photo, setPhoto] = useState<Photo | null>(null);
  useEffect(() => () => void (photo && URL.revokeObjectURL(photo.url)), [photo]);
  return { photo, setPhoto: (blob: Blob | null) => setPhoto(blob && { blob, url: URL.createObjectURL(blob) }) };
}

interface CameraProps {
  onPhoto: (photo: Blob) => void;
  onClose: () => void;
}

export function Camera({ onPhoto, onClose }: CameraProps) {
  const w = useWords().camera;
  const [facing, setFacing] = useState<Facing>('environment');
  const { photo, setPhoto } = usePhoto();
  const { video, live, failure } = useCamera(facing, photo === null);
  async function take() {
    if (video.current !== null) setPhoto(await still(video.current));
  }
  function use() {
    if (photo !== null) onPhoto(photo.blob);
    onClose();
  }
  return (
    <Dialog title={w.title} className="camera" onClose={onClose}>
      {failure !== null && (
        <p className="failure" role="alert">
          {w[failure]}
        </p>
      )}
      {photo !== null && <img className="camera-view" src={photo.url} alt={w.photo} />}
      {photo === null && failure === null && (
        <video ref={video} className="camera-view" aria-label={w.preview} muted playsInline />
      )}
      {photo === null && !live && failure === null && <p className="waiting">{w.starting}</p>}
      <div className="composer-row">
        {photo === null && live && (
          <button type="button" className="tool" onClick={() => setFacing(facing === 'user' ? 'environment' : 'user')}>
            <TurnIcon />
            {w.turn}
          </button>
        )}
        {photo !== null && (
          <button type="button" className="button" onClick={() => setPhoto(null)}>
            <RetryIcon />
            {w.retake}
          </button>
        )}
        <span className="spacer" />
        {photo === null ? (
          <button type="button" className="button primary" disabled={!live} onClick={() => void take()}>
            <CameraIcon />
            {w.take}
          </button>
        ) : (
          <button type="button" className="button primary" onClick={use}>
            {w.use}
          </button>
        )}
      </div>
    </Dialog>
  );
}
