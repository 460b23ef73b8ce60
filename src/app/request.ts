/** Turns of the conversation → the messages a backend is asked with. */
import type { ChatRequest, Message, Part } from '../../contract/chat.ts';
import type { Turn } from './state.ts';

function asked(turn: Turn): Message {
  const pictures: Part[] = turn.pictures.map(({ blob }) => ({ type: 'image', image: blob }));
  return { role: 'user', content: [...pictures, { type: 'text', text: turn.question }] };
}

function answered(turn: Turn): Message {
  return { role: 'assistant', content: [{ type: 'text', text: turn.answer.text }] };
}

/**
 * The request that answers turn `id`.
 *
 * It starts at the latest picture: Mipha models were trained on one picture for each conversation, so the turns about an
 * earlier one would only take room. Between them stand the follow-ups that were answered in full; a stopped or failed
 * answer would teach the model to break off.
 */
export function requestFor(turns: readonly Turn[], id: number): ChatRequest {
  const end = turns.findIndex((turn) => turn.id === id);
  const current = turns[end];
  if (current === undefined) throw new RangeError(`no turn ${id} among ${turns.length}`);
  const start = Math.max(
    0,
    turns.slice(0, end + 1).findLastIndex((turn) => turn.pictures.length > 0),
  );
  const messages: Message[] = [];
  let pending: Part[] = [];
  for (const turn of turns.slice(start, end)) {
    if (turn.answer.status === 'done' && turn.answer.text !== '') {
      const message = asked(turn);
      messages.push({ ...message, content: [...pending, ...message.content] }, answered(turn));
      pending = [];
    } else {
      // The question is left out, its picture is not: the follow-up is still about it.
      pending.push(...asked(turn).content.filter((part) => part.type === 'image'));
    }
  }
  const last = asked(current);
  messages.push({ ...last, content: [...pending, ...last.content] });
  return { messages };
}
