import { expect, test } from 'vitest';
import { judgeDescription } from './description.ts';

const scene = {
  things: [
    { shape: 'circle', color: 'red', place: 'top left' },
    { shape: 'star', color: 'blue', place: 'bottom right' },
  ],
  texts: ['STOP'],
};

test.each<[string, [facts: number, of: number], [things: number, of: number]]>([
  ['There is a red circle in the top left and a blue star in the bottom right. The text says "STOP".', [5, 5], [2, 2]],
  ['There is a red circle in the bottom left and a green star.', [1, 3], [1, 2]],
  ['There is a red circle and a red circle.', [1, 2], [1, 2]],
  ['There are two shapes: one circle and one star.', [3, 3], [2, 2]],
  ['There are three shapes: two circles and one star. It says "GO".', [1, 4], [2, 2]],
  ['The picture is empty.', [0, 1], [0, 2]],
  ['A lovely day at the sea.', [0, 0], [0, 2]],
])('%s', (reply, [facts, stated], [things, shown]) => {
  expect(judgeDescription(reply, scene)).toEqual({
    facts: { correct: facts, total: stated },
    things: { correct: things, total: shown },
  });
});
