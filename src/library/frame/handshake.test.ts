import { describe, expect, it } from 'vitest';
import { frameAncestors } from '../../../scripts/embedding.mjs';
import { type FrameWindow, listenForPage } from './handshake.ts';
import { mayBeShown, readOrigins } from './origins.ts';
import type { Connect } from './protocol.ts';

const SHOP = 'https://shop.example';
const connect = { type: 'mipha-connect', version: 1 };

function frame(allowed = [SHOP]) {
  let listener: (event: MessageEvent) => void = () => {};
  const said: [unknown, string][] = [];
  const parent = { postMessage: (message: unknown, target: string) => void said.push([message, target]) };
  const view: FrameWindow = { parent, addEventListener: (_, heard) => (listener = heard) };
  const accepted: Connect[] = [];
  listenForPage(view, new Set(allowed), [SHOP], (_, options) => accepted.push(options));
  /** What the port of the message heard. */
  const receive = (data: unknown, { origin = SHOP, source = parent as unknown, ports = 1 } = {}) => {
    const heard: unknown[] = [];
    const port = { postMessage: (message: unknown) => heard.push(message) };
    listener({ data, origin, source, ports: Array(ports).fill(port) } as unknown as MessageEvent);
    return heard;
  };
  return { receive, said, accepted };
}

const hello = { type: 'mipha-hello', version: 1 };
const refused = (param: string) => [{ type: 'failure', id: null, error: expect.objectContaining({ param }) }];

describe('listenForPage', () => {
  it('greets, says hello again when asked, and takes one port', () => {
    const { receive, said, accepted } = frame();
    receive(hello);
    expect(said).toEqual([
      [hello, SHOP],
      [hello, SHOP],
    ]);
    expect(receive({ ...connect, lang: 'de' })).toEqual([{ type: 'connected', version: 1 }]);
    expect(accepted).toEqual([{ ...connect, lang: 'de' }]);
  });

  it('refuses a second handshake, also the first one played again', () => {
    const { receive, accepted } = frame();
    receive(connect);
    expect(receive(connect)).toEqual(refused('type'));
    expect(accepted.length).toBe(1);
  });

  it('refuses a handshake of the wrong form, and then takes a right one', () => {
    const { receive, accepted } = frame();
    expect(receive({ ...connect, version: 99 })).toEqual(refused('version'));
    expect(receive({ ...connect, evil: 1 })).toEqual(refused('evil'));
    expect(receive(JSON.parse('{"type":"mipha-connect","version":1,"__proto__":{"lang":"x"}}'))).toEqual(
      refused('__proto__'),
    );
    expect(receive(connect, { ports: 2 })).toEqual(refused('ports'));
    expect(receive(connect, { ports: 0 })).toEqual([]);
    expect(accepted).toEqual([]);
    expect(receive(connect)).toEqual([{ type: 'connected', version: 1 }]);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['a part of the name', { origin: 'https://shop.example.evil.example' }],
    ['another port', { origin: 'https://shop.example:8443' }],
    ['another scheme', { origin: 'http://shop.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['another window of an allowed origin', { source: {} }],
  ])('is silent to %s', (_, event) => {
    const { receive, said, accepted } = frame([SHOP, 'null']);
    expect([...receive(hello, event), ...receive(connect, event)]).toEqual([]);
    expect(said.length).toBe(1);
    expect(accepted).toEqual([]);
  });

  it('leaves messages of others alone', () => {
    const { receive, accepted } = frame();
    for (const data of [
      'x',
      null,
      7,
      [],
      { type: 7 },
      { type: 'resize' },
      JSON.parse('{"__proto__":{"type":"mipha-connect"}}'),
    ])
      expect(receive(data)).toEqual([]);
    expect(accepted).toEqual([]);
  });
});

describe('readOrigins', () => {
  it('takes exact origins', () => {
    expect([...readOrigins({ origins: [SHOP, 'http://127.0.0.1:8080'] })]).toEqual([SHOP, 'http://127.0.0.1:8080']);
    expect(readOrigins({ origins: [] }).size).toBe(0);
    expect(frameAncestors(JSON.stringify({ origins: [SHOP] }))).toBe(`'self' ${SHOP}`);
  });

  it.each([
    '*',
    'null',
    'https://*.shop.example',
    'https://shop.example/',
    'https://shop.example/page',
    'https://SHOP.example',
    'https://shop.example:443',
    'https://user@shop.example',
    'shop.example',
    'https://shop.example; script-src *',
    'https://shop.example https://evil.example',
    'file://',
    'data:text/html,x',
    7,
    null,
  ])('refuses the whole list for %s', (origin) => {
    expect(() => readOrigins({ origins: [SHOP, origin] })).toThrow('is not an origin');
    expect(frameAncestors(JSON.stringify({ origins: [SHOP, origin] }))).toBe("'self'");
  });

  it.each([null, [], 'x', {}, { origins: SHOP }, { origins: [], all: true }])('refuses a file that is %o', (file) => {
    expect(() => readOrigins(file)).toThrow('has to be');
  });
});

describe('mayBeShown', () => {
  it('wants every page around it on the list', () => {
    const allowed = new Set([SHOP]);
    expect(mayBeShown([SHOP], allowed)).toBe(true);
    expect(mayBeShown([SHOP, 'https://evil.example'], allowed)).toBe(false);
    expect(mayBeShown(['null'], allowed)).toBe(false);
    expect(mayBeShown(undefined, allowed)).toBe(true);
  });
});
