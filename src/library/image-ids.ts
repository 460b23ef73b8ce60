/** A request → the same with a name for each image, so that a worker reads an image once that is asked about again. */
import type { ChatRequest, Part } from '../../contract/chat.ts';
import { newId } from '../../contract/new-id.ts';

const ids = new WeakMap<Blob, string>();

function named(part: Part): Part {
  if (part.type !== 'image' || part.id !== undefined) return part;
  let id = ids.get(part.image);
  if (id === undefined) {
    id = newId();
    ids.set(part.image, id);
  }
  return { ...part, id };
}

/** One Blob has one name for as long as it lives; bytes in another Blob have another one. */
export function withImageIds(request: ChatRequest): ChatRequest {
  const messages = request.messages.map((message) => ({ ...message, content: message.content.map(named) }));
  return { ...request, messages };
}
