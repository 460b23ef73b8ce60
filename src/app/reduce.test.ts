import { describe, expect, it } from 'vitest';
import { reduce } from './reduce.ts';
import { initialState } from './state.ts';

describe('reduce', () => {
  it('ignores events of turns that are gone', () => {
    expect(reduce(initialState(), { type: 'answer-event', id: 7, event: { type: 'text', text: 'x' } }).turns).toEqual(
      [],
    );
  });

  it('treats a cancelled failure as stopped', () => {
    const asked = reduce(initialState(), { type: 'asked', id: 1, question: 'What?' });
    const failed = reduce(asked, {
      type: 'answer-failed',
      id: 1,
      error: { code: 'cancelled', message: 'x', evidence: {} },
    });
    expect(failed.turns[0]?.answer).toMatchObject({ status: 'stopped', error: null });
  });
});
