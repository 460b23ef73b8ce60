/** A value that changes → one that React, or anybody, can watch. */

export interface Observable<S> {
  getState: () => S;
  /** For `useSyncExternalStore`. */
  subscribe: (listener: () => void) => () => void;
}

/** `setState` tells the listeners, unless the state is what it was. */
export function observable<S>(initial: S): Observable<S> & { setState: (next: S) => void } {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getState: () => state,
    setState(next) {
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
