/** `response_format` of a request → the same of a ChatRequest; any text is the default and not passed on. */
import { invalid } from './api-error.ts';

export function readResponseFormat(value: unknown): Record<string, never> {
  if (value === undefined) return {};
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  if (type === 'text') return {};
  throw invalid('response_format', 'response_format can be { type: "text" } only.');
}
