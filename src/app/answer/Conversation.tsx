/** The region of the conversation; what stands in it is fetched after the first screen, before anybody has asked. */
import { useEffect } from 'react';
import { useWords } from '../language.ts';
import { later } from '../later.tsx';
import type { TurnsProps } from './Turns.tsx';

const fetchTurns = async () => (await import('./Turns.tsx')).Turns;
const Turns = later(fetchTurns);

export function Conversation(props: TurnsProps) {
  const w = useWords().conversation;
  useEffect(() => {
    fetchTurns().catch(() => {
      // Tried again when there is something to show, which says so if that fails too.
    });
  }, []);
  return (
    <section className="conversation" role="log" aria-live="off" aria-label={w.name}>
      {props.turns.length > 0 && <Turns {...props} />}
    </section>
  );
}
