/** What a person typed → a model of the hub, the folder of a model, or nothing that is understood. */

export type ModelAddress = { kind: 'hub'; address: string } | { kind: 'folder'; url: string };

const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;
const HUBS = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co']);

/**
 * `owner/name` and the hub's page of a model are hub models; any other address of the web is the folder that holds a
 * `manifest.json`, which may be named as well.
 */
export function parseAddress(typed: string): ModelAddress | null {
  const text = typed.trim();
  if (REPOSITORY.test(text)) return { kind: 'hub', address: `https://huggingface.co/${text}` };
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  url.search = '';
  url.hash = '';
  url.username = '';
  url.password = '';
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const isPage = parts.length === 2 || (parts.length > 3 && parts[2] === 'tree');
  if (HUBS.has(url.hostname) && isPage) return { kind: 'hub', address: `https://huggingface.co/${parts.join('/')}` };
  url.pathname = url.pathname.replace(/\/?(manifest\.json)?$/, '/');
  return { kind: 'folder', url: url.href };
}
