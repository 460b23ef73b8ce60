/** The images of the next question: each can be looked at, taken out and moved forward. */
import { CloseIcon, EarlierIcon } from '../icons.tsx';
import { fill, number, useWords } from '../language.ts';
import type { Session } from '../session.ts';
import type { AttachedImage, State } from '../state.ts';

interface ItemProps {
  image: AttachedImage;
  /** From 1; null when it is the only one. */
  place: number | null;
  session: Session;
  onView: (image: AttachedImage) => void;
}

function Item({ image, place, session, onView }: ItemProps) {
  const w = useWords().image;
  const named = (template: string) => fill(template, { place: place === null ? '' : number(place) }).trim();
  return (
    <li className="tray-item">
      <button type="button" className="look" aria-label={named(w.open)} onClick={() => onView(image)}>
        <img
          className="thumbnail"
          src={image.url}
          alt={fill(w.alt, { width: number(image.width), height: number(image.height) })}
        />
      </button>
      <button
        type="button"
        className="remove"
        aria-label={place === null ? w.remove : named(w.removeOf)}
        onClick={() => session.removeImage(image.id)}
      >
        <CloseIcon />
      </button>
      {place !== null && place > 1 && (
        <button
          type="button"
          className="remove earlier"
          aria-label={named(w.earlier)}
          onClick={() => session.moveImage(image.id)}
        >
          <EarlierIcon />
        </button>
      )}
    </li>
  );
}

/** Longer ones shrink to a strip in which no letter can be told any more. */
const LONG = { times: 5, pixels: 2048 };

function isLong({ width, height }: AttachedImage): boolean {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  return long > LONG.pixels && long >= LONG.times * short;
}

interface TrayProps {
  state: State;
  session: Session;
  onView: (image: AttachedImage) => void;
}

export function Tray({ state, session, onView }: TrayProps) {
  const w = useWords().image;
  const { images } = state.draft;
  if (images.length === 0 && state.reading === 0) return null;
  const items = (
    <ul className="tray" aria-label={w.tray}>
      {images.map((image, index) => (
        <Item
          key={image.id}
          image={image}
          place={images.length > 1 ? index + 1 : null}
          session={session}
          onView={onView}
        />
      ))}
      {state.reading > 0 && <li className="waiting">{w.reading}</li>}
    </ul>
  );
  return (
    <>
      {items}
      {images.some(isLong) && <p className="note long">{w.long}</p>}
    </>
  );
}
