import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reasonText } from '../../contract/reasons.ts';
import { createOpenAiBackend, type OpenAiOptions } from './openai.ts';
import { failure } from './test/failure.ts';
import { json, type OpenAiServer, startOpenAiServer } from './test/openai-server.ts';

let server: OpenAiServer;
beforeEach(async () => {
  server = await startOpenAiServer();
});
afterEach(() => server.close());

const backend = (options: Partial<OpenAiOptions> = {}) => createOpenAiBackend({ baseUrl: server.address, ...options });

describe('load', () => {
  test('finds the model and what it remembers', async () => {
    expect(await backend().load()).toMatchObject({ id: 'seer', device: 'server', max_length: 4096, stored: false });
    expect((await backend({ model: 'seer' }).load()).reasons.map(reasonText).join(' ')).toContain('are sent there');
  });

  test('Ollama names a model without its tag', async () => {
    server.models = json({ object: 'list', data: [{ id: 'llava:latest' }] });
    expect(await backend({ model: 'llava' }).load()).toMatchObject({ id: 'llava:latest', max_length: 0 });
  });

  test('says which models there are', async () => {
    const error = await failure(backend({ model: 'other' }).load());
    expect(error).toMatchObject({ code: 'server-refused' });
    expect(error.message).toContain('seer');
  });

  test('a server without a list is believed when the model is named', async () => {
    server.models = json({}, 404);
    expect(await backend({ model: 'named' }).load()).toMatchObject({ id: 'named' });
    expect(await failure(backend().load())).toMatchObject({ code: 'server-refused' });
  });

  test('a wrong key is noticed', async () => {
    server.models = json({ error: { message: 'Unauthorized' } }, 401);
    const error = await failure(backend({ apiKey: 'wrong' }).load());
    expect(error).toMatchObject({ code: 'server-refused', evidence: { status: 401 } });
    expect(JSON.stringify([error.message, error.evidence])).not.toContain('wrong');
  });
});
