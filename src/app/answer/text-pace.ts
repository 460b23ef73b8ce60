/** Pieces of text as fast as a model writes them → one piece for each frame that the screen shows. */

/** Calls `show` before the next frame; where there are no frames (in tests, in a tab that is not seen) soon. */
export type NextFrame = (show: () => void) => void;

/** A tab in the background has no frames; its answer goes on all the same. */
const UNSEEN_MS = 250;

export const nextFrame: NextFrame = (show) => {
  if (!('requestAnimationFrame' in globalThis)) return show();
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    show();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, UNSEEN_MS);
};

export interface TextPace {
  add: (text: string) => void;
  /** Shows what waits, now. */
  flush: () => void;
}

export function createTextPace(show: (text: string) => void, frame: NextFrame = nextFrame): TextPace {
  let waiting = '';
  let asked = false;
  function flush(): void {
    const text = waiting;
    waiting = '';
    if (text !== '') show(text);
  }
  return {
    add(text) {
      waiting += text;
      if (asked) return;
      asked = true;
      frame(() => {
        asked = false;
        flush();
      });
    },
    flush,
  };
}
