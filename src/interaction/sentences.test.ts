import { describe, expect, it } from 'vitest';
import { nextSpoken } from './sentences.ts';

describe('nextSpoken', () => {
  it('waits for the end of a sentence', () => {
    expect(nextSpoken('There is a red', 0, false)).toEqual({ say: '', spoken: 0 });
    expect(nextSpoken('There is a red circle. It is', 0, false)).toEqual({ say: 'There is a red circle.', spoken: 22 });
    expect(nextSpoken('There is a red circle. It is big', 22, true)).toEqual({ say: 'It is big', spoken: 32 });
  });

  it('does not break at a decimal point', () => {
    expect(nextSpoken('It is 3.5 wide', 0, false).say).toBe('');
  });
});
