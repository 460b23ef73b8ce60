/** Group O: OpenAI's dialect as servers really speak it, and as clients really write it. */
import type { ChatRequest } from '../../contract/chat.ts';
import { createOpenAiBackend } from '../../src/backends/openai.ts';
import {
  type Answer,
  chunk,
  data,
  json,
  startOpenAiServer,
  stream,
  USAGE,
} from '../../src/backends/test/openai-server.ts';
import { onlyDataUrls } from '../../src/library/completions/image-url.ts';
import { readRequest } from '../../src/library/completions/request.ts';
import { type NodeCase, same } from '../part-case.ts';

const ASK: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }] }] };
const WORDS = [data(chunk('A ')), data(chunk('cat.'))];
const END = data(chunk(null, 'stop'));
const DONE = data('[DONE]');

/** The words of the answer that a server with this script gives. */
async function answerTo(script: Answer): Promise<string> {
  const server = await startOpenAiServer();
  try {
    server.answers = [script];
    const backend = createOpenAiBackend({ baseUrl: server.address, model: 'seer', silenceMs: 2000 });
    let text = '';
    let reason = '';
    for await (const event of backend.chat(ASK, {})) {
      if (event.type === 'text') text += event.text;
      if (event.type === 'done') reason = event.finish_reason;
    }
    return `${text} (${reason})`;
  } finally {
    await server.close();
  }
}

const whole = (id: string, title: string, ...pieces: NonNullable<Answer['pieces']>): NodeCase => ({
  id,
  title: `a whole answer with ${title}`,
  state: 'right',
  async run() {
    same(await answerTo(stream(...WORDS, ...pieces)), 'A cat. (stop)', 'the answer');
  },
});

const fails = (
  id: string,
  title: string,
  script: Answer,
  end: Pick<NodeCase, 'state' | 'says' | 'because'>,
): NodeCase => ({ id, title, ...end, run: async () => void (await answerTo(script)) });

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';
const shown = { type: 'image_url', image_url: { url: PIXEL } };
const question = { role: 'user', content: 'What is it?' };
/** What the engine is asked, as `role: words` with # for a picture. */
async function linesOf(params: object): Promise<string[]> {
  const { request } = await readRequest(params, onlyDataUrls);
  const line = (content: ChatRequest['messages'][number]['content']): string =>
    content.map((part) => (part.type === 'text' ? part.text : '#')).join(' ');
  return request.messages.map(({ role, content }) => `${role}: ${line(content)}`.trimEnd());
}

const read = (id: string, title: string, params: object, lines = ['user: What is it?']): NodeCase => ({
  id,
  title: `a request with ${title}`,
  state: 'right',
  async run() {
    same(await linesOf({ messages: [question], ...params }), lines, 'the request');
  },
});

const refused = (id: string, title: string, params: object, param: string): NodeCase => ({
  id,
  title: `a request with ${title}`,
  state: 'request-invalid',
  because: { param },
  async run() {
    await linesOf({ messages: [question], ...params });
  },
});

export const DIALECT: NodeCase[] = [
  whole('O01-no-choices', 'counts without choices', END, data({ usage: USAGE.usage }), DONE),
  whole('O01-null-choices', 'choices: null after the end', END, data({ ...USAGE, choices: null }), DONE),
  whole('O01-ping', 'a ping in mid-stream', data({ type: 'ping' }), 'event: ping\ndata: {}\n\n', END, DONE),
  whole('O01-one-line', 'one line end between events', END.trimEnd(), '\n', DONE),
  whole('O01-no-last-line', 'no empty line at its end', END.trimEnd()),
  fails(
    'O02-cut',
    'a connection that breaks in mid-answer',
    stream(WORDS[0] ?? '', (response) => void response.destroy()),
    {
      state: 'server-unreachable',
      because: { reason: 'cut' },
    },
  ),
  fails(
    'O02-html',
    'a page to sign in instead of an answer',
    { headers: { 'Content-Type': 'text/html' }, pieces: ['<h1>Sign in</h1>'] },
    {
      state: 'server-refused',
      says: /Check the address/,
    },
  ),
  fails('O02-error', 'an error in mid-stream', stream(WORDS[0] ?? '', data({ error: 'out of memory' }), DONE), {
    state: 'server-refused',
    says: /out of memory/,
  }),
  fails(
    'O02-busy',
    'a server that is asked too often',
    { ...json({}, 429), headers: { 'Retry-After': '7' } },
    {
      state: 'server-refused',
      says: /Wait 7 seconds/,
    },
  ),
  fails('O02-full', 'a conversation past its context', json({ error: { code: 'context_length_exceeded' } }, 400), {
    state: 'context-full',
  }),
  read(
    'O10-null',
    'an answer in the history whose content is null',
    { messages: [question, { role: 'assistant', content: null }, question] },
    ['user: What is it?', 'assistant:', 'user: What is it?'],
  ),
  read('O10-greeting', 'a greeting first', { messages: [{ role: 'assistant', content: 'Hello!' }, question] }, [
    'user:',
    'assistant: Hello!',
    'user: What is it?',
  ]),
  read('O10-picture', 'a picture without words', { messages: [{ role: 'user', content: [shown] }] }, [
    'user: # Describe the picture.',
  ]),
  read('O10-asks-nothing', 'parameters that ask for nothing', {
    logit_bias: {},
    modalities: ['text'],
    verbosity: 'medium',
  }),
  refused('O11-misspelt', 'a parameter that does not exist', { max_token: 5 }, 'max_token'),
  refused('O11-tools', 'tools', { tools: [{ type: 'function' }] }, 'tools'),
  refused(
    'O11-address',
    'the address of a picture',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1/' } }] }] },
    'messages[0].content[0].image_url.url',
  ),
];
