import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { toWire, type WireError } from '../../contract/errors.ts';
import { errorFor, type Reason } from '../../contract/reasons.ts';
import { failureOf, reasonSentence, reportOf } from './failures.ts';
import { setLanguage } from './language.ts';

beforeAll(() => vi.stubGlobal('document', { documentElement: {} }));
afterAll(() => vi.unstubAllGlobals());

const noWebgpu: Reason = { reason: 'noWebgpu', values: {} };
const emulated: Reason = { reason: 'emulated', values: {} };

it('says in the language of the page why a model runs where it does, with sizes as they are written there', async () => {
  await setLanguage('de');
  expect(reasonSentence(noWebgpu)).toBe('Dieser Browser bietet hier kein WebGPU.');
  expect(reasonSentence({ reason: 'memory', values: { memory_gb: 2, bytes: 3.5e9 } })).toMatch(
    /^Dieses Gerät hat etwa 2\sGB Arbeitsspeicher; das Modell allein braucht 3,5\sGB\.$/,
  );
  expect(reasonSentence({ reason: 'lacks', values: { variant: 'v', features: ['a', 'b'] } })).toContain('a und b');
  await setLanguage('fr');
  expect(reasonSentence({ reason: 'room', values: { room_bytes: 1.5e9, bytes: 19_500_000 } })).toMatch(
    /encore 1,5\sGo .* 20\sMo\.$/,
  );
});

it('says reasons and failures inside of a sentence too', async () => {
  await setLanguage('es');
  expect(reasonSentence({ reason: 'noVariant', values: { why: [noWebgpu, emulated] } })).toBe(
    'Ninguna variante de este modelo funciona en este dispositivo. Este navegador no ofrece WebGPU aquí. ' +
      'Aquí WebGPU solo se emula por software, lo que es más lento que WebAssembly.',
  );
  const failed = (failure: WireError) => reasonSentence({ reason: 'fails', values: { variant: 'v', failure } });
  expect(failed({ code: 'self-test-failed', message: 'wrong', evidence: {} })).toMatch(/^v no funciona aquí: Este /);
  // What a runtime reports has no translation, and says more than that it failed.
  expect(failed({ code: 'backend-failed', message: 'no adapter', evidence: {} })).toBe(
    'v no funciona aquí: no adapter',
  );
});

it('an error that says a reason is told by that reason, and its report has the raw values', async () => {
  await setLanguage('de');
  const error = toWire(errorFor('quota', { reason: 'room', values: { room_bytes: 1e6, bytes: 2e6 } }, { model: 'm' }));
  expect(failureOf(error).sentence).toMatch(/erlaubt dieser Seite noch 1\sMB; das Modell braucht 2\sMB\.$/);
  const all: WireError = { ...error, evidence: { reasons: [noWebgpu] } };
  expect(reportOf(all)).toContain('reasons: [{"reason":"noWebgpu","values":{}}]');
});

it.each<[string, unknown]>([
  ['an unknown reason', { reason: 'tomorrow', values: {} }],
  ['no values', { reason: 'lacks' }],
  ['values of other kinds', { reason: 'noVariant', values: { why: 5 } }],
  ['a reason that is none in another one', { reason: 'noVariant', values: { why: [null, { reason: 'x' }] } }],
  ['a failure without evidence', { reason: 'fails', values: { variant: 1, failure: { code: 'quota' } } }],
  ['an unknown failure', { reason: 'fails', values: { variant: 'v', failure: { code: 'x' } } }],
])('%s, from another version or a made-up file, still gives a text', (_, reason) => {
  expect(reasonSentence(reason as Reason)).toMatch(/./);
});

it('until the rest of the English words has come, a failure is told by its own message', async () => {
  vi.resetModules();
  const fresh = await import('./failures.ts');
  const { fetchLateWords, words } = await import('./language.ts');
  const first = words();
  const refused: WireError = {
    code: 'server-refused',
    message: 'It said 401.',
    evidence: { status: 401, server: 's' },
  };
  const empty: WireError = {
    code: 'image-broken',
    message: 'There is nothing in it.',
    evidence: { reason: 'emptyFile' },
  };
  const sentences = () => [refused, empty].map((error) => fresh.failureOf(error).sentence);
  expect(sentences()).toEqual(['It said 401.', 'There is nothing in it.']);
  await fetchLateWords();
  expect(sentences()).toEqual([
    's wants a valid key. Check the key under “Source”.',
    'This file is empty. Add another picture.',
  ]);
  // What is shown is rendered anew where the words are others than before.
  expect(words()).not.toBe(first);
});
