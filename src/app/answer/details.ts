/** The closing figures of an answer → rows of term and value. */
import type { ModelInfo } from '../../../contract/backend.ts';
import { duration, fill, number, words } from '../language.ts';
import { placeName } from '../progress.ts';
import type { DoneEvent } from '../state.ts';

export function detailRows(
  { usage, timings, finish_reason }: DoneEvent,
  info: ModelInfo | null,
): [term: string, value: string][] {
  const w = words().details;
  const { prompt_tokens, cached_tokens, completion_tokens } = usage;
  // The first token belongs to the prefill, so the decode time covers one token fewer.
  const decoded = completion_tokens - 1;
  const speed = decoded > 0 && timings.decode > 0 ? (1000 * decoded) / timings.decode : null;
  const tokens = number(prompt_tokens);
  const place = info && placeName(info.device);
  const rows: [string, string | null][] = [
    [w.model, info && fill(w.modelValue, { name: info.name, variant: info.variant })],
    [w.computed, info && (info.device === 'server' ? place : fill(w.computedValue, { device: place }))],
    [w.first, duration(timings.first_token, 'millisecond')],
    [w.speed, speed === null ? null : fill(w.speedValue, { speed: number(speed) })],
    [w.read, cached_tokens > 0 ? fill(w.readRemembered, { tokens, cached: number(cached_tokens) }) : tokens],
    [w.written, number(completion_tokens)],
    [w.ended, w[finish_reason]],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}
