/** The `response_format` of a request → the JSON schema that the answer is kept to, or none. */
import { AppError } from '../contract/errors.ts';
import type { Json } from './json-schema/keywords.ts';

/** Characters; an answer of a few hundred tokens needs no larger schema. */
const MAX_SCHEMA_LENGTH = 64 * 1024;

function invalid(message: string): AppError {
  return new AppError('request-invalid', message, { option: 'response_format' });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Null when the answer is free text; `json_object` is the schema of any object. Throws `request-invalid` for an unknown
 * type and for something that is no schema; whether it can be kept, AnswerForm says.
 */
export function answerSchema(format: unknown): Json | null {
  if (format === undefined || format === null) return null;
  if (!isRecord(format)) throw invalid('response_format has to be an object with a type.');
  switch (format['type']) {
    case 'text':
      return null;
    case 'json_object':
      return { type: 'object', additionalProperties: true };
    case 'json_schema': {
      const { json_schema } = format;
      const schema = isRecord(json_schema) ? json_schema['schema'] : undefined;
      if (!isRecord(schema)) throw invalid('response_format.json_schema needs a schema.');
      return plainJson(schema);
    }
    default:
      throw invalid('response_format.type has to be text, json_object or json_schema.');
  }
}

function plainJson(schema: Record<string, unknown>): Json {
  let text: string;
  try {
    text = JSON.stringify(schema);
  } catch (cause) {
    throw new AppError('request-invalid', 'The schema is not JSON.', { option: 'response_format' }, cause);
  }
  if (text.length > MAX_SCHEMA_LENGTH) throw invalid('The schema is too long. Write it in at most 64 KiB.');
  return JSON.parse(text) as Json;
}
