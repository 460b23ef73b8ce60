/** The way into the model manager, whose code is fetched when it is first opened. */
import { useContext, useEffect, useState } from 'react';
import type { LocalFile } from '../../../contract/stored-models.ts';
import { useWords } from '../language.ts';
import { later } from '../later.tsx';
import { type ModelsAccess, ModelsContext } from './choice.ts';
import { receiveModels } from './dropped.ts';

const ModelsDialog = later(async () => (await import('./ModelsDialog.tsx')).ModelsDialog);

/** Came from the page that talks to nobody else, to add a model of another site. */
const isAskedFor = (): boolean => location.hash === '#models';

function Button({ models }: { models: ModelsAccess }) {
  const w = useWords().models;
  const [open, setOpen] = useState(isAskedFor);
  const [dropped, setDropped] = useState<Promise<LocalFile[]> | null>(null);
  useEffect(() => {
    const take = (files: Promise<LocalFile[]>): void => {
      setDropped(files);
      setOpen(true);
    };
    return receiveModels({ take, everything: open });
  }, [open]);
  function close(): void {
    setOpen(false);
    setDropped(null);
  }
  return (
    <>
      <button type="button" className="tool" onClick={() => setOpen(true)}>
        {w.title}
      </button>
      {open && <ModelsDialog models={models} dropped={dropped} onClose={close} />}
    </>
  );
}

export function ModelsButton() {
  const models = useContext(ModelsContext);
  return models && <Button models={models} />;
}
