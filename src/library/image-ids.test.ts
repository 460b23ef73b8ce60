import { afterEach, expect, test, vi } from 'vitest';
import type { ChatRequest, Message } from '../../contract/chat.ts';
import type { Backend } from '../../contract/backend.ts';
import { Assistant } from './assistant.ts';

afterEach(() => vi.unstubAllGlobals());

test('whatever an assistant is asked, an image has one name for as long as it lives', async () => {
  vi.stubGlobal('location', new URL('https://page.example/'));
  const asked: ChatRequest[] = [];
  const backend = {
    load: async () => ({ id: 'm' }),
    chat(request: ChatRequest) {
      asked.push(structuredClone(request));
      return new ReadableStream({ start: (controller) => controller.close() });
    },
    dispose: async () => {},
  } as unknown as Backend;
  const place = { baseUrl: 'https://files.example/', model: 'https://files.example/m/' };
  const assistant = new Assistant(place, () => backend);
  const [image, other] = [new Blob(['same']), new Blob(['same'])];
  const user = (...content: Message['content']): Message => ({ role: 'user', content });
  const part = (blob: Blob) => ({ type: 'image', image: blob }) as const;
  const named = { ...part(other), id: 'a name of its own' };
  for (const messages of [[user(part(image), part(other))], [user(part(image), { type: 'text', text: 'Hm?' }, named)]])
    for await (const _ of assistant.answer({ messages })) expect.unreachable();
  const ids = asked.map(({ messages }) =>
    messages.flatMap(({ content }) => content.flatMap((sent) => (sent.type === 'image' ? [sent.id] : []))),
  );
  expect(ids).toEqual([
    [expect.any(String), expect.any(String)],
    [ids[0]?.[0], named.id],
  ]);
  expect(ids[0]?.[0]).not.toBe(ids[0]?.[1]);
  await assistant.dispose();
});
