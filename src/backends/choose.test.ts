import { describe, expect, test } from 'vitest';
import {
  type BackendChoice,
  hubAddress,
  mayConnect,
  needsConnections,
  parseChoice,
  privacyOf,
  readChoice,
  rememberChoice,
} from './choose.ts';

function storage(initial: Record<string, string> = {}) {
  const items = new Map(Object.entries(initial));
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}
const page = (policy: string | null) =>
  ({ querySelector: () => (policy === null ? null : { getAttribute: () => policy }) }) as unknown as Document;
const SERVER: BackendChoice = { kind: 'openai', baseUrl: 'localhost:8000', model: '', apiKey: 'sk-secret' };

describe('a choice', () => {
  test.each([null, 7, 'hub', {}, { kind: 'hub' }, { kind: 'openai', baseUrl: 1 }, { kind: 'other' }, []])(
    'that is not understood (%j) is the model that everybody gets',
    (value) => expect(parseChoice(value)).toEqual({ kind: 'mipha' }),
  );

  test('is remembered without its key unless that was asked for', () => {
    const kept = storage();
    expect(rememberChoice(kept, SERVER, false)).toBe(true);
    expect(JSON.stringify([...kept.items])).not.toContain('secret');
    expect(readChoice(kept)).toEqual({ kind: 'openai', baseUrl: 'localhost:8000', model: '' });
    rememberChoice(kept, SERVER, true);
    expect(readChoice(kept)).toEqual(SERVER);
    rememberChoice(kept, { kind: 'mipha' }, false);
    expect(kept.items.size).toBe(0);
  });

  test('blocked or broken storage changes nothing', () => {
    const blocked = { getItem: () => JSON.parse('{'), setItem: () => JSON.parse('{'), removeItem: () => {} };
    expect(readChoice(blocked)).toEqual({ kind: 'mipha' });
    expect(rememberChoice(blocked, SERVER, false)).toBe(false);
    expect(readChoice(storage({ backend: '{broken' }))).toEqual({ kind: 'mipha' });
  });

  test('says who sees the pictures, and whether it needs other servers', () => {
    expect(privacyOf(SERVER)).toEqual({ server: 'localhost:8000' });
    expect(privacyOf({ kind: 'hub', address: 'a/b' })).toBe('device');
    expect(needsConnections(SERVER)).toBe(true);
    expect(needsConnections({ kind: 'hub', address: 'a/b' })).toBe(true);
    expect(needsConnections({ kind: 'browser' })).toBe(false);
  });

  test('a repository is named shortly or by its address', () => {
    expect(hubAddress(' owner/name ')).toBe('https://huggingface.co/owner/name');
    expect(hubAddress('http://127.0.0.1:1/owner/name')).toBe('http://127.0.0.1:1/owner/name');
  });
});

test('a page may talk to other servers when its own policy says so', () => {
  expect(mayConnect(page("default-src 'none'; connect-src 'self'; img-src https:"))).toBe(false);
  expect(mayConnect(page("default-src 'none'; connect-src 'self' http: https:"))).toBe(true);
  expect(mayConnect(page(null))).toBe(true);
});
