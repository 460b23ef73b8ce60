/** Line icons, 24 units wide, in the colour of the text around them; always beside or inside something with a name. */
import type { ReactNode } from 'react';

/** `directed`: points along the line of writing, so it is mirrored where that runs from right to left. */
function icon(children: ReactNode, directed = false) {
  return function Icon() {
    return (
      <svg className={directed ? 'icon directed' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {children}
      </svg>
    );
  };
}

export const AddImageIcon = icon(
  <>
    <path d="M13 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20h11a2.5 2.5 0 0 0 2.5-2.5V11" />
    <path d="m4.5 16.5 4.2-4.2a1.5 1.5 0 0 1 2.1 0L18 19.5" />
    <path d="M18 2.5v6M15 5.5h6" />
  </>,
);
export const CameraIcon = icon(
  <>
    <path d="M4 8.5A1.5 1.5 0 0 1 5.5 7h2l1.4-2h6.2l1.4 2h2A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z" />
    <circle cx="12" cy="12.7" r="3.3" />
  </>,
);
export const SendIcon = icon(<path d="M12 19V5.5M6 11l6-6 6 6" />);
export const StopIcon = icon(<rect x="7" y="7" width="10" height="10" rx="1.5" className="filled" />);
export const CopyIcon = icon(
  <>
    <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
    <path d="M15.5 5.5a1 1 0 0 0-1-1h-8a2 2 0 0 0-2 2v8a1 1 0 0 0 1 1" />
  </>,
);
export const DoneIcon = icon(<path d="m5.5 12.5 4.5 4.5 8.5-9.5" />);
export const RetryIcon = icon(
  <>
    <path d="M19 12a7 7 0 1 1-2.3-5.2" />
    <path d="M19.5 3.5V8H15" />
  </>,
);
export const EditIcon = icon(
  <path d="m14.5 6.5 3 3M5 19l.8-3.8L16.3 4.7a1.4 1.4 0 0 1 2 0l1 1a1.4 1.4 0 0 1 0 2L8.8 18.2z" />,
);
export const CloseIcon = icon(<path d="m6.5 6.5 11 11m0-11-11 11" />);
export const NewIcon = icon(<path d="M12 5.5v13M5.5 12h13" />);
export const LockIcon = icon(
  <>
    <rect x="5.5" y="10.5" width="13" height="9" rx="2" />
    <path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5" />
  </>,
);
export const DownIcon = icon(<path d="M12 5v13M6 12.5l6 6 6-6" />);
export const TurnIcon = icon(
  <>
    <path d="M5 10.5A7.5 7.5 0 0 1 18.5 8M19 13.5A7.5 7.5 0 0 1 5.5 16" />
    <path d="M18.8 3.5V8h-4.5M5.2 20.5V16h4.5" />
  </>,
);
export const ScreenIcon = icon(
  <>
    <rect x="3.5" y="5" width="17" height="11.5" rx="2" />
    <path d="M8.5 20h7M12 16.5V20" />
  </>,
);
export const EarlierIcon = icon(<path d="M14.5 6 8.5 12l6 6" />, true);
export const MenuIcon = icon(<path d="M4.5 7h15M4.5 12h15M4.5 17h9" />, true);
export const SearchIcon = icon(
  <>
    <circle cx="10.5" cy="10.5" r="5.5" />
    <path d="m15 15 4.5 4.5" />
  </>,
);
export const MoreIcon = icon(<path d="M6 12h.01M12 12h.01M18 12h.01" />);
export const SpeakIcon = icon(
  <>
    <path d="M5 9.5v5h3l4 3.5v-12L8 9.5z" />
    <path d="M15.5 9a4 4 0 0 1 0 6M17.8 6.5a7.5 7.5 0 0 1 0 11" />
  </>,
  true,
);
export const GhostIcon = icon(
  <path d="M6 19V11a6 6 0 0 1 12 0v8l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5zM10 11h.01M14 11h.01" />,
);
