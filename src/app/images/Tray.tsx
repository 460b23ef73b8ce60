/** The pictures of the next question: each can be looked at, taken out and moved forward. */
import { CloseIcon, EarlierIcon } from '../icons.tsx';
import { fill, number, useWords } from '../language.ts';
import type { Session } from '../session.ts';
import type { Picture, State } from '../state.ts';

interface ItemProps {
  picture: Picture;
  /** From 1; null when it is the only one. */
  place: number | null;
  session: Session;
  onView: (picture: Picture) => void;
}

function Item({ picture, place, session, onView }: ItemProps) {
  const w = useWords().picture;
  const named = (template: string) => fill(template, { place: place === null ? '' : number(place) }).trim();
  return (
    <li className="tray-item">
      <button type="button" className="look" aria-label={named(w.open)} onClick={() => onView(picture)}>
        <img
          className="thumbnail"
          src={picture.url}
          alt={fill(w.alt, { width: number(picture.width), height: number(picture.height) })}
        />
      </button>
      <button
        type="button"
        className="remove"
        aria-label={place === null ? w.remove : named(w.removeOf)}
        onClick={() => session.removePicture(picture.id)}
      >
        <CloseIcon />
      </button>
      {place !== null && place > 1 && (
        <button
          type="button"
          className="remove earlier"
          aria-label={named(w.earlier)}
          onClick={() => session.movePicture(picture.id)}
        >
          <EarlierIcon />
        </button>
      )}
    </li>
  );
}

interface TrayProps {
  state: State;
  session: Session;
  onView: (picture: Picture) => void;
}

export function Tray({ state, session, onView }: TrayProps) {
  const w = useWords().picture;
  const { pictures } = state.draft;
  if (pictures.length === 0 && state.reading === 0) return null;
  return (
    <ul className="tray" aria-label={w.tray}>
      {pictures.map((picture, index) => (
        <Item
          key={picture.id}
          picture={picture}
          place={pictures.length > 1 ? index + 1 : null}
          session={session}
          onView={onView}
        />
      ))}
      {state.reading > 0 && <li className="waiting">{w.reading}</li>}
    </ul>
  );
}
