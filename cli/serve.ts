/** `mipha-web serve`: the engine behind an OpenAI-compatible endpoint on this machine. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../contract/errors.ts';
import {
  MODEL_OPTIONS,
  MODEL_USAGE,
  type ModelWords,
  numberOption,
  readModelWords,
  readWords,
  UsageError,
} from './arguments.ts';
import type { Command } from './command.ts';
import { openEngine } from './node-engine.ts';
import { createOpenAiServer, LOCAL } from './openai-server.ts';
import { PICTURE_KINDS } from './picture-kinds.ts';

const PORT = 8080;
/** Photographs of 50 megapixels are common; decoding takes up to six bytes a pixel. */
const MAX_PIXELS = 64_000_000;
const USAGE = `Usage: mipha-web serve [--port N]

Answers POST /v1/chat/completions as OpenAI's API does, streaming and pictures included, one answer at a time. Pictures
are data: URLs of ${PICTURE_KINDS}, up to ${MAX_PIXELS / 1e6} megapixels. Any API key is accepted. Only programs
on this machine can ask; web pages cannot, unless their origin is allowed.

  --port N             where to listen (default: ${PORT}; 0 takes any free port)
  --host ADDRESS       listen on another address than 127.0.0.1; everybody who can reach it can ask
  --allow-origin URL   let web pages of this origin ask, such as http://localhost:3000; repeat it for more
${MODEL_USAGE}
  --help               this text`;

interface ServeArguments extends ModelWords {
  port: number;
  host: string;
  origins: string[];
}

const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;

function readOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' || !text.startsWith(origin) || !/^\/?$/.test(text.slice(origin.length)))
    throw new UsageError(`--allow-origin has to be an origin such as http://localhost:3000, not "${text}".`);
  return origin;
}

export function parseServeArguments(words: string[]): ServeArguments {
  const options = {
    ...MODEL_OPTIONS,
    port: { type: 'string', default: String(PORT) },
    host: { type: 'string', default: '127.0.0.1' },
    'allow-origin': { type: 'string', multiple: true, default: [] as string[] },
  } as const;
  const { values, positionals } = readWords(words, options);
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is not an option.`);
  return {
    ...readModelWords(values),
    port: numberOption('port', values.port, isPort, 'a port'),
    host: values.host,
    origins: values['allow-origin'].map(readOrigin),
  };
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

async function run(words: ServeArguments, signal: AbortSignal): Promise<void> {
  const engine = await openEngine({
    model: words.model,
    variant: words.variant,
    pictures: { maxPixels: MAX_PIXELS },
    signal,
  });
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

export const serve: Command<ServeArguments> = { usage: USAGE, parse: parseServeArguments, run };
