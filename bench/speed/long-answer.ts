/** A server in the OpenAI dialect → one long answer in Markdown, word by word, as fast as a small model writes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const SECTION = `## Part {n}

The picture shows a **red** circle, a \`blue\` square and [a page about shapes](https://example.org/shapes). Nothing else can be seen in this part of it, and the background is white.

- a circle, on the left, as wide as a third of the picture
- a square, on the right
  - with straight edges
  - without an outline

1. First the circle was drawn.
2. Then the square, after it.

\`\`\`ts
const shapes = ['circle', 'square'];

for (const shape of shapes) console.log(shape.length);
\`\`\`

| shape | colour | width | where |
| --- | --- | --- | --- |
| circle | red | 92 | left |
| square | blue | 84 | right |

> Whoever looks closer sees that both touch no edge.

`;

/** The answer in pieces about as long as tokens are. */
function piecesOf(tokens: number): string[] {
  const pieces: string[] = [];
  for (let n = 1; pieces.length < tokens; n++)
    pieces.push(...(SECTION.replace('{n}', String(n)).match(/\s*\S{1,6}|\s+$/g) ?? []));
  return pieces.slice(0, tokens);
}

export interface LongAnswer {
  /** `host:port`, as it is entered in the page. */
  host: string;
  /** Tokens of the last answer so far. */
  sent: () => number;
  close: () => void;
}

export async function serveLongAnswer(tokens: number, tokensPerSecond: number): Promise<LongAnswer> {
  const pieces = piecesOf(tokens);
  let sent = 0;
  const server = createServer((request, response) => {
    const consent = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'authorization, content-type',
    };
    request.resume();
    if (request.method === 'OPTIONS') return void response.writeHead(204, consent).end();
    if (request.url === '/v1/models') {
      const list = JSON.stringify({ object: 'list', data: [{ id: 'writer' }] });
      return void response.writeHead(200, { ...consent, 'Content-Type': 'application/json' }).end(list);
    }
    response.writeHead(200, { ...consent, 'Content-Type': 'text/event-stream' });
    const chunk = (delta: object, finish_reason: string | null = null): void =>
      void response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
    const started = performance.now();
    sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(tokens, Math.floor(((performance.now() - started) / 1000) * tokensPerSecond));
      for (; sent < due; sent++) chunk({ content: pieces[sent] });
      if (sent < tokens) return;
      clearInterval(timer);
      chunk({}, 'stop');
      response.end('data: [DONE]\n\n');
    }, 4);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    close: () => void server.close(),
  };
}
