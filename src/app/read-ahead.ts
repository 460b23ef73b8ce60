/** Images in the draft → work that the backend does while the person is still typing. */
import type { Backend } from '../../contract/backend.ts';
import type { NextQuestion } from '../../contract/chat.ts';
import { requestFor } from './request.ts';
import { isBusy, maxImages, type State, usableAdapter } from './state.ts';
import type { Store } from './store.ts';

/** The turn that the draft would become. */
const DRAFT = -1;

/** Tells one draft that can be prepared from another; null when there is none. Cheap: it is asked at every change. */
function draftKey(state: State): string | null {
  const { model, draft, turns, reading, conversation } = state;
  const count = draft.images.length;
  // A reworded question brings the images that were seen already.
  if (model.status !== 'ready' || isBusy(state) || reading > 0 || draft.replaces !== null) return null;
  if (!model.info.capabilities.prepare || count === 0 || count > maxImages(state)) return null;
  const images = draft.images.map(({ id }) => id);
  return [model.info.id, usableAdapter(state)?.id, conversation.id, turns.at(-1)?.id, ...images].join();
}

function nextQuestion(state: State): NextQuestion {
  const { draft, turns } = state;
  const adapter = usableAdapter(state);
  const answer = { status: 'queued', phase: null, text: '', done: null, error: null } as const;
  const { messages } = requestFor([...turns, { id: DRAFT, question: '', images: draft.images, answer }], DRAFT);
  return { messages, ...(adapter && { adapter: adapter.id }) };
}

/** Has the backend prepare each draft once, one at a time; of drafts that change meanwhile, the last. */
export function readAhead({ getState, subscribe }: Pick<Store, 'getState' | 'subscribe'>, backend: Backend): void {
  let prepared = '';
  let running = false;

  async function look(): Promise<void> {
    if (running) return;
    const state = getState();
    const key = draftKey(state);
    if (key === null || key === prepared) return;
    prepared = key;
    running = true;
    try {
      await backend.prepare(nextQuestion(state));
    } catch {
      // The question itself will say what is wrong.
    }
    running = false;
    await look();
  }

  subscribe(() => void look());
}
