/** What a person chose to compute their answers with → a Backend, and who gets to see their images then. */
import type { Backend } from '../../contract/backend.ts';
import { LateBackend } from './late.ts';
import { apiBase, apiKeyOf } from './server-address.ts';
import type { WorkerBackendOptions } from './worker.ts';

/** `mipha`: a model in our own format. `hub`: one of the hub, by address. `openai`: a server. `browser`: the browser's own. */
export type BackendChoice =
  | { kind: 'mipha' }
  | { kind: 'hub'; address: string }
  | {
      kind: 'openai';
      baseUrl: string;
      /** Empty: the first one that the server lists. */
      model: string;
      /** Present only where its owner asked to have it remembered, or while it is in memory. */
      apiKey?: string;
    }
  | { kind: 'browser' };

export type MiphaOptions = Omit<WorkerBackendOptions, 'createWorker'>;

const KEY = 'backend';
const DEFAULT: BackendChoice = { kind: 'mipha' };

/** The address of a repository on the hub: `owner/name` or the address itself. */
export function hubAddress(typed: string): string {
  const text = typed.trim();
  return /^https?:\/\//i.test(text) ? text : `https://huggingface.co/${text.replace(/^\/+/, '')}`;
}

/** Anything that was stored → a choice; what is not understood is the model that everybody gets. */
export function parseChoice(value: unknown): BackendChoice {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { kind, address, baseUrl, model, apiKey } = fields;
  if (kind === 'browser') return { kind };
  if (kind === 'hub' && typeof address === 'string') return { kind, address };
  if (kind === 'openai' && typeof baseUrl === 'string' && typeof model === 'string')
    return { kind, baseUrl, model, ...(typeof apiKey === 'string' ? { apiKey } : {}) };
  return DEFAULT;
}

type ChoiceStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The choice of an earlier visit. */
export function readChoice(storage: ChoiceStorage): BackendChoice {
  try {
    return parseChoice(JSON.parse(storage.getItem(KEY) ?? 'null'));
  } catch {
    return DEFAULT; // storage is blocked, or holds what is no JSON
  }
}

/** Remembers a choice for the next visit; its key only when `withKey`. False where the browser stores nothing. */
export function rememberChoice(storage: ChoiceStorage, choice: BackendChoice, withKey: boolean): boolean {
  const { apiKey: _, ...rest } = { apiKey: undefined, ...choice };
  try {
    if (choice.kind === 'mipha') storage.removeItem(KEY);
    else storage.setItem(KEY, JSON.stringify(withKey ? choice : rest));
    return true;
  } catch {
    return false; // blocked or full: the choice holds until the page is closed
  }
}

/** Whether a choice needs the page that may talk to other servers. */
export function needsConnections({ kind }: BackendChoice): boolean {
  return kind === 'hub' || kind === 'openai';
}

/** Whether this page may: its own policy says so, or there is none. */
export function mayConnect(page: Pick<Document, 'querySelector'>): boolean {
  const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? null;
  return policy === null || /connect-src[^;]*\shttps:/.test(policy);
}

/** Who sees images and questions. */
export function privacyOf(choice: BackendChoice): 'device' | { server: string } {
  if (choice.kind !== 'openai') return 'device';
  try {
    return { server: new URL(apiBase(choice.baseUrl)).host };
  } catch {
    return { server: choice.baseUrl };
  }
}

/** Its code is fetched when it is first used. Throws `request-invalid` for an address or a key that can't be used. */
export function createChosenBackend(choice: BackendChoice, mipha: MiphaOptions): Backend {
  switch (choice.kind) {
    case 'mipha':
      return new LateBackend(async () => {
        const [{ createWorkerBackend }, { startInferenceWorker }] = await Promise.all([
          import('./worker.ts'),
          import('./inference-worker.ts'),
        ]);
        return createWorkerBackend({ ...mipha, createWorker: startInferenceWorker });
      });
    case 'hub': {
      const { device, maxNetworkBytes } = mipha;
      const options = {
        modelUrl: hubAddress(choice.address),
        ...(device ? { device } : {}),
        ...(maxNetworkBytes ? { maxNetworkBytes } : {}),
      };
      return new LateBackend(async () => {
        const [{ createWorkerBackend }, { startHubWorker }] = await Promise.all([
          import('./worker.ts'),
          import('./hub-worker.ts'),
        ]);
        return createWorkerBackend({ ...options, createWorker: startHubWorker });
      });
    }
    case 'openai':
      apiBase(choice.baseUrl);
      apiKeyOf(choice.apiKey ?? '');
      return new LateBackend(async () => (await import('./openai.ts')).createOpenAiBackend(choice));
    case 'browser':
      return new LateBackend(async () => (await import('./prompt-api.ts')).createPromptApiBackend());
  }
}
