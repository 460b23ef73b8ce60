/** Script URLs in a worker → only those of this origin, in browsers that enforce Trusted Types. */

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
  readonly defaultPolicy: unknown;
}

/** The runtime starts its threads from a plain URL; the policy called `default` is applied to those by the browser. */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  if (!trustedTypes || trustedTypes.defaultPolicy) return;
  trustedTypes.createPolicy('default', {
    createScriptURL: (url) => {
      const target = new URL(url, location.href);
      if (target.origin !== location.origin)
        throw new TypeError(`script from another origin refused: ${target.origin}`);
      return target.href;
    },
  });
}
