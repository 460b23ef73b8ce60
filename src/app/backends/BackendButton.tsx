/** The way into the panel that says what answers, whose code is fetched when it is first opened; shows who is sent what. */
import { useState } from 'react';
import { fill, useWords } from '../language.ts';
import { later } from '../later.tsx';
import type { BackendSettings } from './BackendPanel.tsx';

const BackendPanel = later(async () => (await import('./BackendPanel.tsx')).BackendPanel);

/** Came from the page that talks to nobody else, to choose what only this one can use. */
const isAskedFor = (): boolean => location.hash === '#model';

export function BackendButton({ settings }: { settings: BackendSettings }) {
  const w = useWords().panel;
  const [open, setOpen] = useState(isAskedFor);
  const { sentTo } = settings;
  return (
    <>
      <button type="button" className="tool" data-sent-to={sentTo ?? undefined} onClick={() => setOpen(true)}>
        {sentTo === null ? w.open : fill(w.sending, { host: sentTo })}
      </button>
      {open && <BackendPanel settings={settings} onClose={() => setOpen(false)} />}
    </>
  );
}
