import { afterEach, expect, it, vi } from 'vitest';
import { allowOwnWorkers, sameOriginScript } from './trusted-url.ts';

afterEach(() => vi.unstubAllGlobals());

it('accepts scripts of the same origin, absolute or relative', () => {
  expect(sameOriginScript('/assets/w.js', 'https://a.test/x/')).toBe('https://a.test/assets/w.js');
  expect(sameOriginScript('https://a.test/w.js', 'https://a.test/x/')).toBe('https://a.test/w.js');
});

it.each([
  'https://b.test/w.js',
  '//b.test/w.js',
  'http://a.test/w.js',
  'https://a.test:8443/w.js',
  'data:text/javascript,1',
  'blob:https://b.test/1',
])('refuses %s', (url) => expect(() => sameOriginScript(url, 'https://a.test/x/')).toThrow(TypeError));

it('installs one default policy, once, and only where there is none', () => {
  const policies: string[] = [];
  const factory = {
    defaultPolicy: null as unknown,
    createPolicy(name: string) {
      policies.push(name);
      factory.defaultPolicy = {};
    },
  };
  allowOwnWorkers(); // no Trusted Types here: nothing happens
  vi.stubGlobal('trustedTypes', factory);
  allowOwnWorkers();
  allowOwnWorkers();
  expect(policies).toEqual(['default']);
});
