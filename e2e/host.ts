/** The built site on a host of its own, so that a spec can choose how it is served and stop it while others go on. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Host {
  url: string;
  stop: () => void;
}

/** `options` as `scripts/serve.mjs` takes them. */
export async function startHost(...options: string[]): Promise<Host> {
  const server: ChildProcess = spawn(process.execPath, ['scripts/serve.mjs', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of server.stdout ?? []) {
    output += String(chunk);
    const url = /http:\S+/.exec(output)?.[0];
    if (url !== undefined) return { url, stop: () => void server.kill() };
  }
  throw new Error(`the server ended: ${output}`);
}
