/** `responseConstraint` of a prompt → the `response_format` of a ChatRequest. */
import type { ChatRequest } from '../../../contract/chat.ts';
import { notSupported } from './errors.ts';
import type { LanguageModelPromptOptions } from './types.ts';

/** Throws TypeError, or a NotSupportedError for what is no JSON schema. */
export function formatOf({
  responseConstraint,
  omitResponseConstraintInput,
}: LanguageModelPromptOptions): Pick<ChatRequest, 'response_format'> {
  if (responseConstraint === undefined || responseConstraint === null) {
    if (omitResponseConstraintInput) throw new TypeError('omitResponseConstraintInput needs a responseConstraint.');
    return {};
  }
  if (typeof responseConstraint !== 'object') throw new TypeError('A responseConstraint has to be a JSON schema.');
  if (responseConstraint instanceof RegExp) throw notSupported('A responseConstraint has to be a JSON schema here.');
  const json_schema = { name: 'answer', schema: responseConstraint as Record<string, unknown> };
  return { response_format: { type: 'json_schema', json_schema } };
}
