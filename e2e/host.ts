/** The built site on a host of its own, so that a spec can choose how it is served and stop it while others go on. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Host {
  url: string;
  /** What was asked of it, one line each, with `--log`. */
  requests: string[];
  stop: () => void;
}

/** `options` as `scripts/serve.mjs` takes them. */
export async function startHost(...options: string[]): Promise<Host> {
  const server: ChildProcess = spawn(process.execPath, ['scripts/serve.mjs', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const requests: string[] = [];
  let output = '';
  const url = await new Promise<string>((found, failed) => {
    server.stdout?.on('data', (chunk) => {
      output += String(chunk);
      const lines = output.split('\n');
      output = lines.pop() ?? '';
      for (const line of lines) {
        const address = /http:\S+/.exec(line)?.[0];
        if (address !== undefined) found(address);
        else if (/^[A-Z]+ \//.test(line)) requests.push(line);
      }
    });
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return { url, requests, stop: () => void server.kill() };
}
