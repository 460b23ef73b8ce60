/** The only live region of the page besides alerts. It stands there from the beginning, so that what comes into it is said. */
import { later } from '../later.tsx';
import type { AnnouncementsProps } from './Announcements.tsx';

const Announcements = later(async () => (await import('./Announcements.tsx')).Announcements);

export function Announcer(props: AnnouncementsProps) {
  return (
    <output className="visually-hidden" aria-live="polite" aria-atomic="false">
      <Announcements {...props} />
    </output>
  );
}
