/** The Prompt API's cases, in the manner of web-platform-tests, against the library's class in Node: its life. */
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../contract/errors.ts';
import { scriptedAssistant } from '../test/node-assistant.ts';
import { classOver, image, named, show, texts } from '../test/prompt-api-class.ts';
import { endless, hello } from '../test/scripted-answers.ts';
import { LanguageModel as Packaged } from './index.ts';

describe('create and availability', () => {
  test('availability rises with the first session; params are what the attributes say', async () => {
    const { LanguageModel } = classOver(hello);
    expect(await LanguageModel.availability()).toBe('downloadable');
    const creating = LanguageModel.create();
    await Promise.resolve();
    expect(await LanguageModel.availability()).toBe('downloading');
    const session = await creating;
    expect(await LanguageModel.availability()).toBe('available');
    const params = await LanguageModel.params();
    expect([session.topK, session.temperature]).toEqual([params.defaultTopK, params.defaultTemperature]);
    expect(session).toBeInstanceOf(EventTarget);
    expect(() => Reflect.construct(LanguageModel, [])).toThrow(TypeError);
  });

  test.each([
    { expectedInputs: [{ type: 'audio' as const }] },
    { expectedOutputs: [{ type: 'image' as const }] },
    { tools: [{ name: 'add' }] },
  ])('what the model has not is unavailable and NotSupportedError: %j', async (options) => {
    const { LanguageModel } = classOver(hello);
    expect(await LanguageModel.availability(options)).toBe('unavailable');
    await expect(LanguageModel.create(options)).rejects.toThrow(named('NotSupportedError'));
  });

  test.each([
    [{ topK: 0 }, RangeError],
    [{ temperature: -1 }, RangeError],
    [{ temperature: Number.NaN }, RangeError],
    [{ expectedInputs: [{ type: 'text', languages: ['en-abc-invalid-!'] }] }, RangeError],
    [{ expectedInputs: [{ type: 'smell' }] }, TypeError],
    [{ samplingMode: 'wild' }, TypeError],
  ])('bad options %j reject', async (options, error) => {
    const { LanguageModel } = classOver(hello);
    await expect(LanguageModel.create(options as object)).rejects.toThrow(error);
    await expect(LanguageModel.availability(options as object)).rejects.toThrow(error);
  });

  test('numbers past the most are the most, and reach the model', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create({ topK: Number.POSITIVE_INFINITY, temperature: 99 });
    const { maxTopK, maxTemperature } = await LanguageModel.params();
    expect([session.topK, session.temperature]).toEqual([maxTopK, maxTemperature]);
    await session.prompt('Hm?');
    expect(asked[0]).toMatchObject({ temperature: maxTemperature, top_k: maxTopK });
    const calm = await LanguageModel.create({ samplingMode: 'most-predictable' });
    expect([calm.samplingMode, calm.temperature]).toEqual(['most-predictable', 0]);
  });

  test('progress begins at 0, rises, and ends at 1 before create resolves', async () => {
    const { LanguageModel } = classOver(hello);
    const seen: number[] = [];
    const handled = vi.fn<(event: ProgressEvent) => void>();
    await LanguageModel.create({
      monitor(monitor) {
        monitor.ondownloadprogress = handled;
        monitor.addEventListener('downloadprogress', (event) => {
          const { loaded, total, lengthComputable } = event as ProgressEvent;
          expect([total, lengthComputable]).toEqual([1, true]);
          seen.push(loaded);
        });
      },
    });
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(2);
    expect(handled).toHaveBeenCalledTimes(seen.length);
    const refused = LanguageModel.create({
      monitor() {
        throw new RangeError('mine');
      },
    });
    await expect(refused).rejects.toThrow('mine');
  });

  test('abort: before, while it loads, and afterwards, which destroys the session', async () => {
    const { LanguageModel, disposed } = classOver(endless);
    const reason = new Error('enough');
    await expect(LanguageModel.create({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const monitor = (): void => stop.abort(reason);
    await expect(LanguageModel.create({ signal: stop.signal, monitor })).rejects.toBe(reason);
    const later = new AbortController();
    const session = await LanguageModel.create({ signal: later.signal });
    const pending = session.prompt('Hm?');
    later.abort();
    await expect(pending).rejects.toThrow(named('AbortError'));
    await expect(session.prompt('Again?')).rejects.toThrow(named('AbortError'));
    expect(disposed).toHaveBeenCalledTimes(2);
  });

  test('initial prompts fill the context as measured, and too many are refused with numbers', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const initialPrompts = [
      { role: 'system' as const, content: 'Be very short.' },
      { role: 'user' as const, content: 'Hi.' },
      { role: 'assistant' as const, content: 'Hello.' },
    ];
    const session = await LanguageModel.create({ initialPrompts });
    expect(session.contextUsage).toBe(5);
    expect(await session.measureContextUsage(initialPrompts)).toBe(5);
    await session.prompt('Well?');
    expect(texts(asked[0]!)).toEqual(['system: Be very short.', 'user: Hi.', 'assistant: Hello.', 'user: Well?']);
    const long = { role: 'user' as const, content: 'word '.repeat(120) };
    const refused = await LanguageModel.create({ initialPrompts: [long] }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ name: 'QuotaExceededError', quota: 100 });
    expect((refused as { requested: number }).requested).toBeGreaterThan(100);
    await expect(LanguageModel.create({ initialPrompts: show(image) as [] })).rejects.toThrow(
      named('NotSupportedError'),
    );
    const late = [...initialPrompts.slice(1), initialPrompts[0]!];
    await expect(LanguageModel.create({ initialPrompts: late })).rejects.toThrow(TypeError);
  });

  test('a model that cannot be fetched or run says so with the name of the specification', async () => {
    class Broken extends Packaged {
      static code: AppError['code'] = 'download-failed';
      static override newAssistant: typeof Packaged.newAssistant = () => {
        const { assistant } = scriptedAssistant(hello);
        return Object.assign(assistant, { load: () => Promise.reject(new AppError(Broken.code, 'No.')) });
      };
    }
    await expect(Broken.create()).rejects.toThrow(named('NetworkError'));
    Broken.code = 'webgpu-missing';
    await expect(Broken.create()).rejects.toThrow(named('NotSupportedError'));
    Broken.code = 'out-of-memory';
    await expect(Broken.create()).rejects.toThrow(named('OperationError'));
    expect(await Broken.availability()).toBe('downloadable');
  });
});

describe('clone and destroy', () => {
  test('a clone goes its own way', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create({ temperature: 0.5, topK: 3 });
    await session.prompt('My name is Alice.');
    const copy = await session.clone();
    expect([copy.contextUsage, copy.temperature, copy.topK]).toEqual([session.contextUsage, 0.5, 3]);
    await copy.prompt('What is my name?');
    expect(texts(asked[1]!)[0]).toBe('user: My name is Alice.');
    expect(session.contextUsage).toBeLessThan(copy.contextUsage);
    session.destroy();
    expect(await copy.prompt('Still there?')).toBe('Hello there.');
    await expect(copy.clone({ signal: AbortSignal.abort() })).rejects.toThrow(named('AbortError'));
  });

  test('after destroy, and for what was under way, everything rejects with AbortError', async () => {
    const { LanguageModel, disposed } = classOver(endless);
    const session = await LanguageModel.create();
    const use = () => [
      session.prompt('Hm?'),
      session.append('Hm?'),
      session.measureContextUsage('Hm?'),
      session.clone(),
      session
        .promptStreaming('Hm?')
        .getReader()
        .read()
        .then(({ value }) => (value === 'Well' ? Promise.reject(new DOMException('', 'AbortError')) : value)),
    ];
    const pending = Promise.allSettled(use());
    session.destroy();
    session.destroy();
    const outcomes = [...(await pending), ...(await Promise.allSettled(use()))];
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    expect(disposed.mock.calls.length).toBe(2); // the session's own and that of the clone
  });
});
