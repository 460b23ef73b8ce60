/** The page's own policy → whether it may make no request at all. */

/** True on the page whose policy forbids every connection (locked.html). */
export function isLocked(page: Pick<Document, 'querySelector'>): boolean {
  const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
  return /connect-src 'none'/.test(policy);
}
