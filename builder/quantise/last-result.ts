/** Remembers what was computed from the tensor at hand, so that several outputs of one tensor cost one computation. */

let current: { owner: object; results: Map<string, Promise<unknown>> } | undefined;

/** What `make` gave for this owner and kind, as long as no other owner came between. */
export function lastResult<T>(owner: object, kind: string, make: () => Promise<T>): Promise<T> {
  if (current?.owner !== owner) current = { owner, results: new Map() };
  const { results } = current;
  const known = results.get(kind) as Promise<T> | undefined;
  if (known) return known;
  const made = make();
  results.set(kind, made);
  return made;
}

/** Frees what is remembered. */
export function forgetLastResult(): void {
  current = undefined;
}
