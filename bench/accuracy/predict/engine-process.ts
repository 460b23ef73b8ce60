/** A process of the engine predictor: loads the model once, then answers one question after the other. */
import { collect } from '../../../cli/conversation.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { settle } from '../../../contract/errors.ts';
import type { EngineRequest } from './engine.ts';
import { buildOf, toRequest } from './request.ts';

// Ctrl+C is heard by the whole group; the parent says when to stop.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

/** A parent that has given up no longer listens: what comes too late is nobody's error. */
const send = (message: unknown) => process.send?.(message, undefined, {}, () => {});
const [model = '', variant] = process.argv.slice(2);

const loaded = await settle(() => openEngine({ model, variant }));
if (!loaded.ok) send(loaded);
else {
  const engine = loaded.value;
  const { manifest, variant: chosen, runtime } = engine.parts;
  let stop = new AbortController();
  process.on('message', (message: EngineRequest) => {
    if (message.type === 'cancel') return stop.abort(new DOMException('Stopped.', 'AbortError'));
    stop = new AbortController();
    const { signal } = stop;
    void settle(async () => {
      const { text, usage, finish_reason } = await collect(engine, toRequest(message.asked), { signal });
      return { text, tokens: usage.completion_tokens, finish_reason };
    }).then(send);
  });
  send({
    ok: true,
    value: { model: manifest.id, build: buildOf(manifest), variant: chosen.id, device: runtime.device },
  });
}
