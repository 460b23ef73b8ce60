/** One image, close up: enlarged, a part of it to ask about, or brought down to what the model gets to see. */
import { type CSSProperties, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { ModelInfo } from '../../../contract/backend.ts';
import { squareImage } from '../../../image/pixel-values.ts';
import { decodeImage } from '../../../runtime/decode-image.ts';
import { Dialog } from '../Dialog.tsx';
import { fill, number, percent, useWords } from '../language.ts';
import type { Session } from '../session.ts';
import type { AttachedImage } from '../state.ts';
import { redraw } from './draw.ts';

/** A part of an image; all four from 0 to 1. */
interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
/** Smaller parts show nothing. */
const LEAST = 0.05;
const SIDES = ['left', 'top', 'width', 'height'] as const;

const length = (share: number) => `${(share * 100).toFixed(2)}%`;

/** The part between two points, inside the image and not too small. */
function between(a: { x: number; y: number }, b: { x: number; y: number }): Part {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const span = (one: number, other: number): [start: number, length: number] => {
    const length = Math.max(LEAST, Math.abs(clamp(one) - clamp(other)));
    return [Math.min(clamp(one), clamp(other), 1 - length), length];
  };
  const [left, width] = span(a.x, b.x);
  const [top, height] = span(a.y, b.y);
  return { left, top, width, height };
}

function Whole({ image, alt }: { image: AttachedImage; alt: string }) {
  const w = useWords().viewer;
  const [step, setStep] = useState(0);
  const zoom = ZOOMS[step] ?? 1;
  return (
    <>
      {/* Scrolls with the arrow keys once it has the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className="viewport" tabIndex={0} aria-label={w.whole}>
        <img
          src={image.url}
          alt={alt}
          style={{ '--zoom': zoom, '--shape': image.width / image.height } as CSSProperties}
        />
      </section>
      <div className="actions">
        <button type="button" className="button" disabled={step === 0} onClick={() => setStep(step - 1)}>
          {w.zoomOut}
        </button>
        <button type="button" className="button" disabled={step === ZOOMS.length - 1} onClick={() => setStep(step + 1)}>
          {w.zoomIn}
        </button>
        <output className="muted">{percent(zoom * 100)}</output>
      </div>
    </>
  );
}

function PartPicker({ image, alt, onPart }: { image: AttachedImage; alt: string; onPart: (part: Part) => void }) {
  const w = useWords().viewer;
  const [part, setPart] = useState<Part>({ left: 0.25, top: 0.25, width: 0.5, height: 0.5 });
  const start = useRef<{ x: number; y: number } | null>(null);
  function point(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }
  function change(side: (typeof SIDES)[number], value: number) {
    const next = { ...part, [side]: value };
    setPart({ ...next, width: Math.min(next.width, 1 - next.left), height: Math.min(next.height, 1 - next.top) });
  }
  return (
    <>
      <p className="muted">{w.partHelp}</p>
      <div
        className="stage"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = point(event);
        }}
        onPointerMove={(event) => start.current && setPart(between(start.current, point(event)))}
        onPointerUp={() => (start.current = null)}
      >
        <img src={image.url} alt={alt} draggable={false} />
        <span
          className="selection"
          style={{
            left: length(part.left),
            top: length(part.top),
            width: length(part.width),
            height: length(part.height),
          }}
        />
      </div>
      <fieldset className="sliders" aria-label={w.partName}>
        {SIDES.map((side) => {
          const position = side === 'left' || side === 'top';
          return (
            <label key={side}>
              {w[side]}
              <input
                type="range"
                // Left stays left, whichever way the language runs.
                dir="ltr"
                min={position ? 0 : LEAST}
                max={position ? 1 - LEAST : 1}
                step={0.01}
                value={part[side]}
                onChange={(event) => change(side, event.target.valueAsNumber)}
              />
            </label>
          );
        })}
      </fieldset>
      <div className="actions">
        <button type="button" className="button primary" onClick={() => onPart(part)}>
          {w.addPart}
        </button>
      </div>
    </>
  );
}

/** Drawn with the code that brings the image down for the model, so that it is what the model sees, pixel for pixel. */
function ModelView({ image, input }: { image: AttachedImage; input: NonNullable<ModelInfo['input']> }) {
  const w = useWords().viewer;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { size, pad_color, crop = false } = input;
  useEffect(() => {
    const closed = new AbortController();
    async function draw() {
      const decoded = await decodeImage(image.blob, closed.signal);
      const context = canvas.current?.getContext('2d');
      if (closed.signal.aborted || !context) return;
      const { data } = squareImage(decoded, { image_size: size, pad_color, crop, resample: 'bicubic' });
      const shown = context.createImageData(size, size);
      for (let pixel = 0; pixel < size * size; pixel++) {
        shown.data.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
        shown.data[pixel * 4 + 3] = 255;
      }
      context.putImageData(shown, 0, 0);
    }
    draw().catch(() => {
      // Closed meanwhile, or no memory: the canvas keeps its words for those who cannot see it.
    });
    return () => closed.abort();
  }, [image, size, pad_color, crop]);
  return (
    <>
      <p className="muted">{fill(crop ? w.modelHelpCrop : w.modelHelp, { size: number(size) })}</p>
      <canvas ref={canvas} className="model-view" width={size} height={size}>
        {w.model}
      </canvas>
    </>
  );
}

type Mode = 'whole' | 'part' | 'model';

interface ViewerProps {
  image: AttachedImage;
  info: ModelInfo | null;
  session: Session;
  onClose: () => void;
}

export function Viewer({ image, info, session, onClose }: ViewerProps) {
  const words = useWords();
  const w = words.viewer;
  const [mode, setMode] = useState<Mode>('whole');
  const { width, height } = image;
  const alt = fill(words.image.alt, { width: number(width), height: number(height) });
  const modes: Mode[] = info?.input === undefined ? ['whole', 'part'] : ['whole', 'part', 'model'];
  async function addPart(part: Part) {
    const bitmap = await createImageBitmap(image.blob);
    const pixels = (share: number, of: number) => Math.max(1, Math.round(share * of));
    const [w, h] = [pixels(part.width, width), pixels(part.height, height)];
    const [x, y] = [
      Math.min(width - w, Math.round(part.left * width)),
      Math.min(height - h, Math.round(part.top * height)),
    ];
    const blob = await redraw(bitmap, new DOMRectReadOnly(x, y, w, h));
    bitmap.close();
    await session.addImage(blob);
    onClose();
  }
  return (
    <Dialog title={w.title} className="viewer" onClose={onClose}>
      <fieldset className="segments" aria-label={w.title}>
        {modes.map((name) => (
          <button
            key={name}
            type="button"
            className="segment"
            aria-pressed={mode === name}
            onClick={() => setMode(name)}
          >
            {w[name]}
          </button>
        ))}
      </fieldset>
      {mode === 'whole' && <Whole image={image} alt={alt} />}
      {mode === 'part' && <PartPicker image={image} alt={alt} onPart={(part) => void addPart(part)} />}
      {mode === 'model' && info?.input !== undefined && <ModelView image={image} input={info.input} />}
    </Dialog>
  );
}
