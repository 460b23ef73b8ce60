/** The page's script URLs → URLs that a Trusted Types policy has checked, in browsers that ask for one. */

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
  readonly defaultPolicy: unknown;
}

/** The same URL when it is a script of this very origin. Throws a TypeError otherwise, as the browser would. */
export function sameOriginScript(url: string, base: string): string {
  const target = new URL(url, base);
  if (target.origin !== new URL(base).origin)
    throw new TypeError(`script from another origin refused: ${target.origin}`);
  return target.href;
}

/**
 * Bundlers recognise a worker only as the literal `new Worker(new URL('…', import.meta.url))`, which leaves no place to
 * wrap the URL in a named policy. The policy called `default` is applied by the browser itself, so it goes there.
 * Idempotent; does nothing where Trusted Types do not exist or another default policy is in force.
 */
export function allowOwnWorkers(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  if (!trustedTypes || trustedTypes.defaultPolicy) return;
  trustedTypes.createPolicy('default', { createScriptURL: (url) => sameOriginScript(url, location.href) });
}
