/** A key that is pressed in a question → what it means there. */

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>;

/** Null for keys without a meaning here, and for all that belong to an input method: they choose and end its words. */
export function questionKey({ key, shiftKey, isComposing, keyCode }: Key): 'ask' | 'stop' | 'edit' | null {
  // 229 is what Safari sends for the Enter that ends a composition, which it says is over already.
  if (isComposing || keyCode === 229) return null;
  if (key === 'Enter' && !shiftKey) return 'ask';
  if (key === 'Escape') return 'stop';
  return key === 'ArrowUp' ? 'edit' : null;
}
