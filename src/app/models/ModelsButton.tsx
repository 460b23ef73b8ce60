/** The way into the model manager, whose code is fetched when it is first opened. */
import { useContext, useState } from 'react';
import { useWords } from '../language.ts';
import { later } from '../later.tsx';
import { ModelsContext } from './choice.ts';

const ModelsDialog = later(async () => (await import('./ModelsDialog.tsx')).ModelsDialog);

export function ModelsButton() {
  const w = useWords().models;
  const models = useContext(ModelsContext);
  const [open, setOpen] = useState(false);
  if (models === null) return null;
  return (
    <>
      <button type="button" className="tool" onClick={() => setOpen(true)}>
        {w.title}
      </button>
      {open && <ModelsDialog models={models} onClose={() => setOpen(false)} />}
    </>
  );
}
