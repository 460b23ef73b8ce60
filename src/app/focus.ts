/** Puts the cursor into the question box where that helps: with a mouse, not where it would bring up a screen keyboard. */

export function focusQuestion(box: HTMLTextAreaElement | null): void {
  if (box !== null && matchMedia('(pointer: fine)').matches) box.focus({ preventScroll: true });
}
