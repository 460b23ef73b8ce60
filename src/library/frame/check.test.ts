import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../completions/api-error.ts';
import { MAX_IMAGE_BYTES } from '../completions/image-url.ts';
import { idOf, readConnect, readFrameRequest } from './check.ts';
import { LIMITS } from './protocol.ts';

const params = { messages: [{ role: 'user', content: 'Hm?' }] };
/** As another window's message arrives. */
const sent = (value: unknown): unknown => structuredClone(value);

function refusal(value: unknown): ApiError {
  try {
    readFrameRequest(value);
  } catch (thrown) {
    if (thrown instanceof ApiError) return thrown;
    throw thrown;
  }
  throw new Error('was let through');
}

describe('readFrameRequest', () => {
  it.each([
    { type: 'load' },
    { type: 'attach', picture: new Blob(['x']) },
    { type: 'ask', question: 'What is it?' },
    { type: 'stop' },
    { type: 'reset' },
    { type: 'complete', params },
    { type: 'cancel', request: 3 },
  ])('lets through what the protocol knows: %o', (call) => {
    const request = { id: 4, ...call };
    expect(readFrameRequest(request)).toBe(request);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'type'],
    ['a text', 'load', 'type'],
    ['a list', [{ id: 1, type: 'load' }], 'type'],
    ['a Map', new Map([['type', 'load']]), 'type'],
    ['no type', { id: 1 }, 'type'],
    ['an unknown type', { id: 1, type: 'eval' }, 'type'],
    ['a type that every object has', { id: 1, type: 'constructor' }, 'type'],
    ['another', { id: 1, type: '__proto__' }, 'type'],
    ['no id', { type: 'load' }, 'id'],
    ['an id of the wrong type', { id: '1', type: 'load' }, 'id'],
    ['half an id', { id: 1.5, type: 'load' }, 'id'],
    ['an id below 1', { id: 0, type: 'load' }, 'id'],
    ['an unknown field', { id: 1, type: 'load', url: 'https://x.example' }, 'url'],
    ['a field of another request', { id: 1, type: 'stop', question: 'x' }, 'question'],
    ['no question', { id: 1, type: 'ask' }, 'question'],
    ['a question that is no text', { id: 1, type: 'ask', question: { toString: 'x' } }, 'question'],
    ['a long question', { id: 1, type: 'ask', question: 'x'.repeat(LIMITS.question + 1) }, 'question'],
    ['a picture that is an address', { id: 1, type: 'attach', picture: 'https://x.example/a.png' }, 'picture'],
    ['no request to cancel', { id: 1, type: 'cancel', request: null }, 'request'],
    ['parameters that are a list', { id: 1, type: 'complete', params: [params] }, 'params'],
    ['a Date inside', { id: 1, type: 'complete', params: { messages: [new Date(0)] } }, 'params'],
    ['a big number inside', { id: 1, type: 'complete', params: { seed: 1n } }, 'params'],
    ['bytes inside', { id: 1, type: 'complete', params: { messages: new Uint8Array(4) } }, 'params'],
    ['too many values', { id: 1, type: 'complete', params: { stop: Array(LIMITS.values + 1).fill('') } }, 'params'],
    ['a list that claims to be long', { id: 1, type: 'complete', params: { stop: Array(2 ** 32 - 1) } }, 'params'],
  ])('refuses %s', (_, value, param) => {
    expect(refusal(value)).toMatchObject({ code: 'request-invalid', param, status: 400 });
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'refuses the name %s at any depth, and changes nothing',
    (name) => {
      const inner = JSON.parse(`{"${name}":{"polluted":true}}`);
      expect(
        refusal(sent({ id: 1, type: 'complete', params: { messages: [{ role: 'user', content: [inner] }] } })),
      ).toMatchObject({ param: 'params', message: expect.stringContaining(name) });
      expect(refusal(sent(JSON.parse(`{"id":1,"type":"load","${name}":{"polluted":true}}`)))).toMatchObject({
        param: name,
      });
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );

  it('refuses a picture past the limit without reading it', () => {
    const picture = new Blob([]);
    Object.defineProperty(picture, 'size', { value: MAX_IMAGE_BYTES + 1 });
    expect(refusal({ id: 1, type: 'attach', picture })).toMatchObject({ code: 'image-too-large', param: 'picture' });
  });

  it('refuses data without end', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`);
    const wide: Record<string, unknown> = {};
    let level: unknown = 'x';
    for (let i = 0; i < 60; i++) level = [level, level];
    wide['bomb'] = level;
    for (const value of [circle, deep, wide])
      expect(refusal(sent({ id: 1, type: 'complete', params: value }))).toMatchObject({ param: 'params' });
  });

  it('meets whatever comes with a request or an ApiError, never with anything else', () => {
    const names = fc.constantFrom('id', 'type', 'params', 'picture', 'question', 'request', '__proto__', 'x');
    const types = fc.constantFrom('load', 'attach', 'ask', 'stop', 'reset', 'complete', 'cancel');
    const value = fc.oneof(fc.anything(), fc.dictionary(names, fc.oneof(fc.anything(), types, fc.integer())));
    fc.assert(
      fc.property(value, (any) => {
        idOf(any);
        try {
          expect(readFrameRequest(any)).toHaveProperty('id');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ApiError);
        }
      }),
    );
  });
});

describe('readConnect', () => {
  const base = { type: 'mipha-connect', version: 1 };
  it('takes a language and a theme, and nothing else', () => {
    expect(readConnect({ ...base, lang: 'pt-BR', theme: 'dark' })).toMatchObject({ lang: 'pt-BR' });
    for (const wrong of [
      { version: 2 },
      { lang: '"><x' },
      { lang: 7 },
      { theme: 'pink' },
      { model: 'https://x.example' },
    ])
      expect(() => readConnect({ ...base, ...wrong }), JSON.stringify(wrong)).toThrow(ApiError);
  });
});
