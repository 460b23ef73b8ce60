/** The content security policy of the built site, as one string for the page's <meta> and for the server's header. */

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

export const SECURITY_POLICY = Object.entries(DIRECTIVES)
  .map(([name, sources]) => `${name} ${sources}`)
  .join('; ');

/** Headers that make a page cross-origin isolated, which WebAssembly threads need. */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
