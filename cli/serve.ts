/** `mipha-web serve`: the engine behind an OpenAI-compatible endpoint on this machine. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../contract/errors.ts';
import { MODEL, modelWords, type ModelWords, VARIANT } from './arguments.ts';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { defineCommand, number, repeated } from './command.ts';
import { openEngine } from './node-engine.ts';
import { createOpenAiServer, LOCAL } from './openai-server.ts';
import { PICTURE_KINDS } from './picture-kinds.ts';

const PORT = 8080;
/** Photographs of 50 megapixels are common; decoding takes up to six bytes a pixel. */
const MAX_PIXELS = 64_000_000;

interface ServeWords extends ModelWords {
  port: number;
  host: string;
  origins: string[];
}

const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;

function readOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' || !text.startsWith(origin) || !/^\/?$/.test(text.slice(origin.length)))
    throw new InvalidArgumentError('It has to be an origin such as http://localhost:3000.');
  return origin;
}

/** Resolves to the address once requests are answered. Throws `request-invalid` for a port that cannot be had. */
async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((listening, refused) => {
    server.once('error', refused);
    server.listen(port, host, listening);
  }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'EADDRINUSE' ? 'it is taken' : (cause.code ?? cause.message);
    throw new AppError('request-invalid', `Cannot listen on ${host}:${port}: ${reason}.`, {}, cause);
  });
  const address = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function run(words: ServeWords, signal: AbortSignal): Promise<void> {
  const { model, variant } = words;
  const engine = await openEngine({ model, variant, pictures: { maxPixels: MAX_PIXELS }, signal });
  const { id } = engine.parts.manifest;
  const everywhere = ['0.0.0.0', '::'].includes(words.host);
  const hosts = everywhere ? null : [...LOCAL, words.host.includes(':') ? `[${words.host}]` : words.host.toLowerCase()];
  const server = createOpenAiServer({ engine, model: id, origins: words.origins, hosts });
  try {
    console.log(`${id} answers at ${await listen(server, words.host, words.port)}/v1 . Stop it with Ctrl+C.`);
    await new Promise<void>((stopped) => {
      if (signal.aborted) stopped();
      signal.addEventListener('abort', () => stopped(), { once: true });
    });
  } finally {
    server.close();
    server.closeAllConnections();
    await engine.dispose();
  }
}

export const serve = defineCommand({
  name: 'serve',
  call: 'mipha-web serve',
  words: '[--port N]',
  about: `Answers POST /v1/chat/completions as OpenAI's API does, streaming and pictures included, one answer at a time. Pictures
are data: URLs of ${PICTURE_KINDS}, up to ${MAX_PIXELS / 1e6} megapixels. Any API key is accepted.

Only programs on this machine can ask; web pages cannot, unless their origin is allowed.`,
  syntax: (blank) =>
    blank
      .option('--port <N>', 'where to listen; 0 takes any free port', number(isPort, 'a port'), PORT)
      .option(
        '--host <ADDRESS>',
        'listen elsewhere than on this machine; everybody who can reach it can ask',
        '127.0.0.1',
      )
      .option(
        '--allow-origin <URL>',
        'let web pages of this origin ask, such as http://localhost:3000; repeat it for more',
        repeated(readOrigin),
        [] as string[],
      )
      .addOption(MODEL)
      .addOption(VARIANT),
  read: (options): ServeWords => {
    const { port, host, allowOrigin: origins } = options;
    return { ...modelWords(options), port, host, origins };
  },
  run,
});
