/** The library where there is no page: on the server that renders a site. */
import { expect, test } from 'vitest';
import { createAssistant } from './assistant.ts';

test('an assistant can be made on a server, says so when it is asked there, and is let go of', async () => {
  const assistant = createAssistant({ baseUrl: '/mipha/' });
  expect(assistant.info).toBeNull();
  const messages = [{ role: 'user' as const, content: 'Hm?' }];
  await expect(assistant.chat.completions.create({ messages })).rejects.toMatchObject({
    status: 400,
    error: { code: 'request-invalid', message: expect.stringContaining('There is no page here') },
  });
  await assistant.dispose();
});
