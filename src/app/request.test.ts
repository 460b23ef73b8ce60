import { describe, expect, it } from 'vitest';
import { requestFor } from './request.ts';
import type { AnswerStatus, AttachedImage, Turn } from './state.ts';

const image = (name: string): AttachedImage => ({
  id: `id ${name}`,
  blob: new Blob([name]),
  url: name,
  width: 1,
  height: 1,
});

function turn(id: number, status: AnswerStatus, images: AttachedImage[] = []): Turn {
  return { id, question: `q${id}`, images, answer: { status, phase: null, text: `a${id}`, done: null, error: null } };
}

function shape(turns: Turn[], id: number) {
  return requestFor(turns, id).messages.map(({ content }) =>
    content.map((part) => (part.type === 'text' ? part.text : 'picture')).join('+'),
  );
}

describe('requestFor', () => {
  it('sends the whole conversation, each picture with its question', () => {
    const turns = [turn(1, 'done', [image('a')]), turn(2, 'done', [image('b')]), turn(3, 'queued')];
    expect(shape(turns, 3)).toEqual(['picture+q1', 'a1', 'picture+q2', 'a2', 'q3']);
  });

  it('sends a newer picture instead of one whose question was never answered', () => {
    expect(requestFor([turn(1, 'failed', [image('a')]), turn(2, 'queued', [image('bb')])], 2).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', image: expect.objectContaining({ size: 2 }), id: 'id bb' },
          { type: 'text', text: 'q2' },
        ],
      },
    ]);
  });

  it('leaves out a stopped or failed turn but keeps its picture', () => {
    const turns = [turn(1, 'stopped', [image('a')]), turn(2, 'failed'), turn(3, 'queued')];
    expect(shape(turns, 3)).toEqual(['picture+q3']);
  });

  it('answers an earlier turn again without what came after it', () => {
    const turns = [turn(1, 'done', [image('a')]), turn(2, 'queued'), turn(3, 'done', [image('b')])];
    expect(shape(turns, 2)).toEqual(['picture+q1', 'a1', 'q2']);
  });

  it('refuses an unknown turn', () => {
    expect(() => requestFor([], 1)).toThrow(RangeError);
  });
});
