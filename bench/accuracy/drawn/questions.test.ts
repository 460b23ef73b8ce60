/** questions.jsonl, well formed and not. */
import { describe, expect, test } from 'vitest';
import { parseQuestions } from './questions.ts';

const line = (fields: object = {}) =>
  JSON.stringify({ image: 'a.png', question: 'What?', answer: 'red', skill: 'color', ...fields });

describe('parseQuestions', () => {
  test('reads lines, skips blanks, ignores further fields', () => {
    const text = `\uFEFF${line({ turn: 1 })}\r\n\n${line({ answer: '3', skill: 'count' })}\n`;
    expect(parseQuestions(text)).toEqual([
      { image: 'a.png', question: 'What?', answer: 'red', skill: 'color' },
      { image: 'a.png', question: 'What?', answer: '3', skill: 'count' },
    ]);
  });

  test.each([
    ['{"image": ', 'line 2: is not JSON'],
    ['null', 'line 2: "image"'],
    ['[]', 'line 2: "image"'],
    [line({ answer: 3 }), 'line 2: "answer"'],
    [line({ answer: '' }), 'line 2: "answer"'],
    [line({ skill: undefined }), 'line 2: "skill"'],
  ])('names the line of %s', (bad, message) => {
    expect(() => parseQuestions(`${line()}\n${bad}`)).toThrow(message);
  });

  test('refuses a file without questions', () => {
    expect(() => parseQuestions('\n\n')).toThrow('no question');
  });
});
