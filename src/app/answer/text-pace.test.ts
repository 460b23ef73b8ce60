import { expect, it } from 'vitest';
import { createTextPace } from './text-pace.ts';

function frames() {
  let next: (() => void) | null = null;
  return {
    request: (show: () => void) => {
      expect(next).toBeNull();
      next = show;
    },
    draw: () => {
      const show = next;
      next = null;
      show?.();
    },
  };
}

it('shows the pieces of one frame together, and nothing twice', () => {
  const shown: string[] = [];
  const screen = frames();
  const pace = createTextPace((text) => shown.push(text), screen.request);
  for (const piece of ['A ', 'red', ' circle']) pace.add(piece);
  expect(shown).toEqual([]);
  screen.draw();
  screen.draw();
  expect(shown).toEqual(['A red circle']);
  pace.add(', and');
  pace.flush();
  expect(shown).toEqual(['A red circle', ', and']);
  pace.add(' more.');
  screen.draw();
  expect(shown.join('')).toBe('A red circle, and more.');
});

it('shows at once where there are no frames', () => {
  const shown: string[] = [];
  createTextPace((text) => shown.push(text)).add('A');
  expect(shown).toEqual(['A']);
});
