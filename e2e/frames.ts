/** Sites that embed the assistant, sites that may not, and the two hosts it comes from; frames in their pages. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Page } from '@playwright/test';
import { type Host, startHost } from './host.ts';
import { command, LIBRARY, ROOT, serveFolder, type Site } from './package.ts';

/** As the documentation says it to site owners. */
const SANDBOX = 'allow-scripts allow-same-origin';

export interface Sites {
  /** May embed. */
  shop: Site;
  /** May as well, and is cross-origin isolated. */
  isolated: Site;
  /** May not. */
  evil: Site;
  /** The built site on a host that sends no headers. */
  bare: Site;
  /** The same on this repository's own server. */
  server: Host;
  close(): Promise<void>;
}

/** The same server under a name that browsers take for another site. */
export const onAnotherSite = (url: string): string => url.replace('127.0.0.1', 'localhost');

export async function openSites(): Promise<Sites> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const work = await mkdtemp(join(ROOT, '.cache/embed-'));
  const pages = join(work, 'pages');
  await mkdir(pages);
  await symlink(LIBRARY, join(pages, 'mipha-web'));
  await writeFile(join(pages, 'index.html'), '<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1></html>');
  const shop = await serveFolder(pages);
  const isolated = await serveFolder(pages, {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  const evil = await serveFolder(pages);
  // Links instead of copies: the build holds 70 MB.
  command(ROOT, 'cp', '-al', 'dist', join(work, 'site'));
  const list = join(work, 'site/embed-origins.json');
  await rm(list);
  const origins = [shop.origin, isolated.origin, onAnotherSite(isolated.origin)];
  await writeFile(list, JSON.stringify({ origins }));
  const bare = await serveFolder(join(work, 'site'));
  const server = await startHost('--root', join(work, 'site'));
  const close = async (): Promise<void> => {
    server.stop();
    await Promise.all([shop, isolated, evil, bare].map((site) => site.close()));
    await rm(work, { recursive: true, force: true });
  };
  return { shop, isolated, evil, bare, server, close };
}

/** Puts embed.html of `host` into the page. */
export async function embed(page: Page | Frame, src: string, sandbox = SANDBOX): Promise<void> {
  await page.evaluate(
    ({ src, sandbox }) => {
      const iframe = document.createElement('iframe');
      Object.assign(iframe, { src, width: 600, height: 500, title: 'Image assistant' });
      iframe.setAttribute('sandbox', sandbox);
      iframe.allow = 'cross-origin-isolated';
      return new Promise<void>((loaded) => {
        iframe.addEventListener('load', () => loaded());
        document.body.append(iframe);
      });
    },
    { src, sandbox },
  );
}

export const inner = (page: Page, host: string): Frame =>
  page.frames().find((frame) => frame.url().startsWith(host)) as Frame;

/** What can be pressed, typed into or followed in a frame, shadow roots included. */
export const controls = (frame: Frame) => frame.locator('button, a, input, textarea, image-assistant').count();

export interface Raw {
  /** The frame's first hello. What is sent before, even after it has loaded, may find nobody who listens. */
  greeted: Promise<void>;
  /** Sends a handshake and waits for what comes back through its port; null when nothing does in this time. */
  connect(message: unknown, milliseconds?: number): Promise<unknown>;
  /** The same through the port that was taken. */
  say(message: unknown): Promise<unknown>;
  hellos: string[];
}

/** Scripts the page without our client: every message that a hostile page could send. */
export async function raw(page: Page | Frame): Promise<void> {
  await page.evaluate(() => {
    let port: MessagePort | undefined;
    const next = (from: MessagePort, milliseconds = 30_000): Promise<unknown> =>
      new Promise((heard) => {
        from.onmessage = ({ data }) => {
          if (data.type === 'event') return; // comes by itself, between question and answer too
          if (data.type === 'connected') port = from;
          heard(data);
        };
        setTimeout(heard, milliseconds, null);
      });
    const frame = (): Window => document.querySelector('iframe')!.contentWindow!;
    let greet = (): void => undefined;
    const raw: Raw = {
      hellos: [],
      greeted: new Promise<void>((heard) => {
        greet = heard;
      }),
      connect(message, milliseconds) {
        const channel = new MessageChannel();
        const answer = next(channel.port1, milliseconds);
        frame().postMessage(message, '*', [channel.port2]);
        return answer;
      },
      say(message) {
        const answer = next(port!);
        port!.postMessage(message);
        return answer;
      },
    };
    addEventListener('message', ({ data }) => {
      raw.hellos.push(data.type);
      greet();
    });
    Object.assign(globalThis, { raw });
  });
}

export const CONNECT = { type: 'mipha-connect', version: 1 };
