/** Turns of the conversation → the messages a backend is asked with. */
import type { ChatRequest, Message, Part } from '../../contract/chat.ts';
import type { Turn } from './state.ts';

function asked(turn: Turn, images: Part[]): Message {
  return { role: 'user', content: [...images, { type: 'text', text: turn.question }] };
}

function answered(turn: Turn): Message {
  return { role: 'assistant', content: [{ type: 'text', text: turn.answer.text }] };
}

/**
 * The request that answers turn `id`: all earlier turns that were answered in full, then the question. A stopped or failed
 * turn is left out, for it would teach the model to break off, but its image goes over to the question that follows it.
 * How far back the model can look, and at how many images, is the backend's to decide; it reports what it left out.
 */
export function requestFor(turns: readonly Turn[], id: number): ChatRequest {
  const end = turns.findIndex((turn) => turn.id === id);
  if (end < 0) throw new RangeError(`no turn ${id} among ${turns.length}`);
  const messages: Message[] = [];
  let waiting: Part[] = [];
  for (const turn of turns.slice(0, end + 1)) {
    const own: Part[] = turn.images.map(({ id, blob }) => ({ type: 'image', image: blob, id }));
    const images = own.length > 0 ? own : waiting;
    if (turn.id === id) messages.push(asked(turn, images));
    else if (turn.answer.status === 'done' && turn.answer.text !== '') {
      messages.push(asked(turn, images), answered(turn));
      waiting = [];
    } else waiting = images;
  }
  return { messages };
}
