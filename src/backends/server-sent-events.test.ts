import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventParser, readEvents, type ServerSentEvent } from './server-sent-events.ts';

const parse = (...pieces: string[]): ServerSentEvent[] => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
};
const dataOf = (...pieces: string[]): string[] => parse(...pieces).map(({ data }) => data);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function body(...pieces: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}
async function read(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  for await (const { data } of readEvents(stream)) all.push(data);
  return all;
}

describe('EventParser', () => {
  test('the examples of the HTML standard', () => {
    expect(dataOf('data: YHOO\ndata: +2\ndata: 10\n\n')).toEqual(['YHOO\n+2\n10']);
    expect(
      parse(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n'),
    ).toEqual([
      { type: 'message', data: 'first event' },
      { type: 'message', data: 'second event' },
      { type: 'message', data: ' third event' },
    ]);
    // An empty data buffer dispatches nothing; two empty lines of data are one line feed.
    expect(dataOf('data\n\ndata\ndata\n\ndata:')).toEqual(['\n']);
    expect(dataOf('data:test\n\ndata: test\n\n')).toEqual(['test', 'test']);
  });

  test('comments, unknown fields and retry change nothing', () => {
    expect(dataOf(': ping\n\n:\n\nretry: 10\nfoo: bar\ndata: x\n: in between\ndata: y\n\n')).toEqual(['x\ny']);
  });

  test('names of events do not carry over', () => {
    expect(parse('event: a\ndata: 1\n\ndata: 2\n\nevent: b\n\ndata: 3\n\n')).toEqual([
      { type: 'a', data: '1' },
      { type: 'message', data: '2' },
      { type: 'message', data: '3' },
    ]);
  });

  test('the failure field of llama.cpp is an error event', () => {
    expect(parse('error: {"message":"no"}\n\n')).toEqual([{ type: 'error', data: '{"message":"no"}' }]);
  });

  test('an event without its empty line is not one', () => {
    expect(dataOf('data: a\n\ndata: cut')).toEqual(['a']);
    expect(dataOf('data: a\n\ndata: cut\n')).toEqual(['a']);
  });

  test('any split and any kind of line end give the same events', () => {
    const event = fc.array(fc.stringMatching(/^[a-z{":}é ]{0,8}$/), { minLength: 1, maxLength: 3 });
    const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 5 }),
        lineEnd,
        fc.array(fc.nat(200), { maxLength: 12 }),
        (events, end, cuts) => {
          const text = events.map((lines) => lines.map((line) => `data: ${line}${end}`).join('') + end).join('');
          const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
          const pieces = at.slice(1).map((stop, i) => text.slice(at[i], stop));
          expect(dataOf(...pieces)).toEqual(events.map((lines) => lines.join('\n')).filter((data) => data !== ''));
        },
      ),
    );
  });

  test('a line without end is refused before it fills the memory', () => {
    const parser = new EventParser();
    const block = 'x'.repeat(1 << 22);
    expect(() => {
      for (let i = 0; i < 6; i++) parser.push(block);
    }).toThrow(/without an end/);
  });
});

describe('readEvents', () => {
  test('characters that are split between chunks stay whole, a byte order mark goes', async () => {
    const text = bytes('\ufeffdata: Größe 🐱\n\n');
    const singles = Array.from(text, (byte) => Uint8Array.of(byte));
    expect(await read(body(...singles))).toEqual(['Größe 🐱']);
  });

  test('the last event needs no empty line', async () => {
    expect(await read(body(bytes('data: a\n\ndata: b\n')))).toEqual(['a', 'b']);
    expect(await read(body(bytes('data: a\n\ndata: b')))).toEqual(['a', 'b']);
    expect(await read(body(bytes('data: a\r\n\r')))).toEqual(['a']);
  });

  test('leaving early cancels the body', async () => {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes('data: again\n\n')),
      cancel: () => void (cancelled = true),
    });
    for await (const { data } of readEvents(stream)) if (data === 'again') break;
    expect(cancelled).toBe(true);
  });
});
