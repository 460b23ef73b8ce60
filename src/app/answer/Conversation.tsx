/** The region of the conversation; what stands in it is fetched after the first screen, before anybody has asked. */
import { useEffect } from 'react';
import { useWords } from '../language.ts';
import { later } from '../later.tsx';
import type { TurnsProps } from './Turns.tsx';

const fetchTurns = () => import('./Turns.tsx');
const Turns = later(async () => (await fetchTurns()).Turns);

export function Conversation(props: TurnsProps) {
  const w = useWords().conversation;
  useEffect(() => {
    const fetched = fetchTurns().then(({ fetchMarkdown }) => fetchMarkdown());
    fetched.catch(() => {
      // Tried again when there is something to show, which says so if that fails too.
    });
  }, []);
  return (
    <section className="conversation" role="log" aria-live="off" aria-label={w.name}>
      {props.turns.length > 0 && <Turns {...props} />}
    </section>
  );
}
