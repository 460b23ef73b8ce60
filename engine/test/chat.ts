/** Short ways to write conversations and to collect answers, for tests. */
import type { ChatEvent, ChatRequest, Message, Part, Phase } from '../../contract/chat.ts';
import { AppError } from '../../contract/errors.ts';
import type { Engine } from '../engine.ts';
import type { RgbaImage } from '../../image/pixel-values.ts';

export const user = (text: string, ...images: Blob[]): Message => ({
  role: 'user',
  content: [...images.map((image): Part => ({ type: 'image', image })), { type: 'text', text }],
});
export const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });

/** An "image" file: its bytes are width, height and one grey value. */
export const image = (grey: number, width = 6, height = 3) => new Blob([Uint8Array.of(width, height, grey)]);

export async function decodeImage(image: Blob): Promise<RgbaImage> {
  const [width, height, grey] = new Uint8Array(await image.arrayBuffer());
  if (!width || !height) throw new AppError('image-broken', 'This picture is damaged.');
  return { width, height, data: new Uint8Array(width * height * 4).fill(grey!) };
}

export interface Answer {
  text: string;
  phases: Phase[];
  done: Extract<ChatEvent, { type: 'done' }>;
}

export async function collect(events: AsyncIterable<ChatEvent>): Promise<Answer> {
  const answer: Partial<Answer> & Pick<Answer, 'text' | 'phases'> = { text: '', phases: [] };
  for await (const event of events) {
    if (answer.done) throw new Error('an event after done');
    if (event.type === 'text') answer.text += event.text;
    else if (event.type === 'phase') answer.phases.push(event.phase);
    else answer.done = event;
  }
  if (!answer.done) throw new Error('no done event');
  return { ...answer, done: answer.done };
}

export function ask(engine: Engine, messages: Message[], options: Partial<ChatRequest> = {}, signal?: AbortSignal) {
  return collect(engine.answer({ messages, ...options }, signal));
}
