/** Browsers with a language model of their own keep it; others get this one when a site asks for it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { installPolyfill, type LanguageModel as Packaged } from './index.ts';

describe('installPolyfill', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('only where there is none', () => {
    const theirs = class {};
    vi.stubGlobal('LanguageModel', theirs);
    expect(installPolyfill()).toBe(false);
    expect((globalThis as { LanguageModel?: unknown }).LanguageModel).toBe(theirs);
    vi.unstubAllGlobals();
    expect(installPolyfill({ baseUrl: '/mipha/' })).toBe(true);
    const { LanguageModel } = globalThis as unknown as { LanguageModel: typeof Packaged };
    expect([LanguageModel.name, Object.keys(globalThis).includes('LanguageModel')]).toEqual(['LanguageModel', false]);
    expect(installPolyfill()).toBe(false);
    Reflect.deleteProperty(globalThis, 'LanguageModel');
  });
});
