/** Who watches a value hears of each change, once, and of nothing after leaving. */
import { expect, test, vi } from 'vitest';
import { observable } from './observable.ts';

test('listeners hear of another value, not of the same', () => {
  const { getState, setState, subscribe } = observable('a');
  const heard = vi.fn(() => getState());
  const leave = subscribe(heard);
  setState('a');
  expect(heard).not.toHaveBeenCalled();
  setState('b');
  expect(heard).toHaveReturnedWith('b');
  leave();
  setState('c');
  expect(heard).toHaveBeenCalledTimes(1);
  expect(getState()).toBe('c');
});
