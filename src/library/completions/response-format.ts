/** `response_format` of a request → the same of a ChatRequest, with the parts that the engine relies on checked. */
import type { ChatRequest, ResponseFormat } from '../../../contract/chat.ts';
import { invalid } from './api-error.ts';

/** Schemas nest and repeat; one that is longer than this is no schema for an answer of a few hundred tokens. */
const MAX_SCHEMA = 100_000;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws `request-invalid`. Whether the schema can be compiled is the engine's to say. */
export function readResponseFormat(value: unknown): Pick<ChatRequest, 'response_format'> {
  if (value === undefined) return {};
  const type = isRecord(value) ? value['type'] : undefined;
  if (type === 'text') return {};
  if (type === 'json_object') return { response_format: { type } };
  if (!isRecord(value) || type !== 'json_schema')
    throw invalid('response_format', 'response_format has to be of type text, json_object or json_schema.');
  const { json_schema } = value;
  const { name, schema } = isRecord(json_schema) ? json_schema : {};
  if (typeof name !== 'string' || !isRecord(schema))
    throw invalid('response_format.json_schema', 'json_schema has to have a name and a schema.');
  if (JSON.stringify(schema).length > MAX_SCHEMA)
    throw invalid('response_format.json_schema.schema', `The schema is longer than ${MAX_SCHEMA} characters.`);
  const checked: ResponseFormat = { type, json_schema: { name, schema } };
  return { response_format: checked };
}
