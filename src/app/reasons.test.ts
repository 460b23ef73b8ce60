import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { reasonText } from '../../contract/reasons.ts';
import { setLanguage } from './language.ts';
import { inOwnWords } from './reasons.ts';

beforeAll(() => vi.stubGlobal('document', { documentElement: {} }));
afterAll(() => vi.unstubAllGlobals());

it('says in the language of the page why a model runs where it does, with sizes as they are written there', async () => {
  await setLanguage('de');
  expect(inOwnWords(reasonText('noWebgpu'))).toBe('Dieser Browser bietet hier kein WebGPU.');
  expect(inOwnWords(reasonText('memory', { memory: '2 GB', size: '3.5 GB' }))).toMatch(
    /^Dieses Gerät hat etwa 2\sGB Arbeitsspeicher; das Modell allein braucht 3,5\sGB\.$/,
  );
  await setLanguage('fr');
  expect(inOwnWords(reasonText('room', { room: '1.5 GB', size: '20 MB' }))).toMatch(/encore 1,5\sGo .* 20\sMo\.$/);
});

it('says sentences inside of a sentence too, and leaves what it does not know', async () => {
  await setLanguage('es');
  const why = `${reasonText('noWebgpu')} ${reasonText('emulated')} Foreign words.`;
  expect(inOwnWords(reasonText('noVariant', { why }))).toBe(
    'Ninguna variante de este modelo funciona en este dispositivo. Este navegador no ofrece WebGPU aquí. ' +
      'Aquí WebGPU solo se emula por software, lo que es más lento que WebAssembly. Foreign words.',
  );
  expect(inOwnWords('Foreign words.')).toBeNull();
});
