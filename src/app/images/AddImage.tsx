/** The buttons that bring images in: files, camera, one still of a screen. */
import { useRef, useState } from 'react';
import { asAppError } from '../../../contract/errors.ts';
import { AddImageIcon, CameraIcon, ScreenIcon } from '../icons.tsx';
import { useWords } from '../language.ts';
import { later } from '../later.tsx';
import type { Session } from '../session.ts';
import { addAll } from './incoming.ts';

const Camera = later(async () => (await import('./Camera.tsx')).Camera);

function FileButton({ session }: { session: Session }) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  function add(files: FileList | null) {
    if (files !== null) addAll(session, [...files]);
    // Choosing the same file again must count as a choice.
    if (input.current !== null) input.current.value = '';
  }
  return (
    <>
      <button type="button" className="tool" onClick={() => input.current?.click()}>
        <AddImageIcon />
        <span>{words.image.add}</span>
      </button>
      <input ref={input} type="file" accept="image/*" multiple hidden onChange={(event) => add(event.target.files)} />
    </>
  );
}

function ScreenButton({ session }: { session: Session }) {
  const words = useWords();
  async function capture() {
    try {
      // Loaded now and not before the press: the browser wants the request to follow the press at once.
      const { captureScreen } = await import('./still.ts');
      await session.addImage(await captureScreen());
    } catch (thrown) {
      session.setNotice(asAppError(thrown));
    }
  }
  return (
    <button type="button" className="tool compact" onClick={() => void capture()}>
      <ScreenIcon />
      <span>{words.image.screen}</span>
    </button>
  );
}

export function AddImage({ session }: { session: Session }) {
  const words = useWords();
  const [camera, setCamera] = useState(false);
  const devices = (navigator as Partial<Navigator>).mediaDevices as Partial<MediaDevices> | undefined;
  const byTouch = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches;
  const file = <FileButton key="file" session={session} />;
  const photo = devices !== undefined && (
    <button key="photo" type="button" className="tool compact" onClick={() => setCamera(true)}>
      <CameraIcon />
      <span>{words.image.camera}</span>
    </button>
  );
  return (
    <>
      {byTouch ? [photo, file] : [file, photo]}
      {devices?.getDisplayMedia !== undefined && <ScreenButton session={session} />}
      {camera && <Camera onPhoto={(blob: Blob) => void session.addImage(blob)} onClose={() => setCamera(false)} />}
    </>
  );
}
