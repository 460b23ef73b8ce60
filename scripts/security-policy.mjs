/** The content security policies of the built site, as strings for a page's <meta> and for the server's header. */

const DIRECTIVES = {
  'default-src': "'none'",
  // ONNX Runtime compiles WebAssembly; nothing evaluates strings.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'img-src': "'self' blob: data:",
  'style-src': "'self'",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'object-src': "'none'",
  // Script URLs pass one policy, called `default`, that lets through this origin and nothing else.
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
};

/** @param {Partial<typeof DIRECTIVES>} [changes] */
function policy(changes = {}) {
  return Object.entries({ ...DIRECTIVES, ...changes })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** Of the page as everybody meets it: it can talk to its own server and to nobody else. */
export const SECURITY_POLICY = policy();

/** The same page for people who want a model of the hub or a server of their own; opened on their request only. */
export const CONNECTED_PAGE = 'connected.html';

/**
 * Of that page, and of the workers that fetch models from the hub and from other addresses: they may talk to whomever its
 * user names. The worker that keeps models sees no picture and no question; the one that answers has the strict policy.
 */
export const CONNECTED_POLICY = policy({ 'connect-src': "'self' http: https:" });

/** The same page without any connection, for people who want proof that nothing leaves their device. */
export const LOCKED_PAGE = 'locked.html';

/**
 * Of that page. Its workers begin as blobs, because those inherit it; scripts, styles and pictures of the site itself are
 * let through, and the service worker answers them from what is stored or not at all.
 */
export const LOCKED_POLICY = policy({ 'connect-src': "'none'", 'worker-src': 'blob:', 'manifest-src': "'none'" });

/** The policy that belongs to a file of the built site. @param {string} path */
export function policyOf(path) {
  const name = path.split(/[/\\]/).pop() ?? '';
  if (name === LOCKED_PAGE) return LOCKED_POLICY;
  return name === CONNECTED_PAGE || /^(hub|store)\.worker-[\w-]+\.js$/.test(name) ? CONNECTED_POLICY : SECURITY_POLICY;
}

/** Headers that make a page cross-origin isolated, which WebAssembly threads need. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export const ISOLATION_HEADERS = { ...ISOLATION, 'Cross-Origin-Resource-Policy': 'same-origin' };

/** What a host that can send headers should send with every file, beside the policy; docs/hosting.md says how. */
export const HOST_HEADERS = {
  ...ISOLATION_HEADERS,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};
