/** The `response_format` of a request → the JSON schema that the answer is kept inside, or none. */
import { AppError } from '../contract/errors.ts';

/** Larger schemas take the grammar library minutes, and it cannot be interrupted. */
const MAX_SCHEMA_LENGTH = 64 * 1024;

/** Keywords that change which values fit, and that a grammar over tokens does not express. */
const UNSUPPORTED = [
  'not',
  'if',
  'contains',
  'uniqueItems',
  'multipleOf',
  'dependentRequired',
  'dependentSchemas',
  '$dynamicRef',
] as const;

function invalid(message: string): AppError {
  return new AppError('request-invalid', message, { option: 'response_format' });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keywords whose value is a map from names to schemas: the names are the caller's, not keywords. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions']);
/** Keywords whose value is data. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required']);

/** Throws for keywords whose promise could not be kept. */
function refuseUnsupported(schema: unknown): void {
  if (Array.isArray(schema)) schema.forEach(refuseUnsupported);
  if (!isRecord(schema)) return;
  const keyword = UNSUPPORTED.find((name) => Object.hasOwn(schema, name));
  if (keyword !== undefined) throw invalid(`The schema uses ${keyword}, which cannot be promised here. Leave it out.`);
  const { allOf, $ref } = schema;
  if (Array.isArray(allOf) && allOf.length > 1) {
    throw invalid('The schema uses allOf with several parts, which cannot be promised here. Write them as one.');
  }
  if ($ref !== undefined && !(typeof $ref === 'string' && $ref.startsWith('#'))) {
    throw invalid('The schema refers to something outside itself. Put it under $defs.');
  }
  for (const [key, value] of Object.entries(schema)) {
    if (DATA.has(key)) continue;
    if (MAPS.has(key) && isRecord(value)) Object.values(value).forEach(refuseUnsupported);
    else refuseUnsupported(value);
  }
}

/**
 * The schema as JSON text; null when the answer is free text. `json_object` is the schema of any object.
 * Throws `request-invalid` for an unknown type, something that is no schema, or keywords that could not be kept.
 */
export function answerSchema(format: unknown): string | null {
  if (format === undefined || format === null) return null;
  if (!isRecord(format)) throw invalid('response_format has to be an object with a type.');
  switch (format['type']) {
    case 'text':
      return null;
    case 'json_object':
      return '{"type":"object","additionalProperties":true}';
    case 'json_schema': {
      const { json_schema } = format;
      const schema = isRecord(json_schema) ? json_schema['schema'] : undefined;
      if (!isRecord(schema)) throw invalid('response_format.json_schema needs a schema.');
      return checkedSchema(schema);
    }
    default:
      throw invalid('response_format.type has to be text, json_object or json_schema.');
  }
}

function checkedSchema(schema: Record<string, unknown>): string {
  let text: string;
  try {
    text = JSON.stringify(schema);
  } catch (cause) {
    throw new AppError('request-invalid', 'The schema is not JSON.', { option: 'response_format' }, cause);
  }
  if (text.length > MAX_SCHEMA_LENGTH) throw invalid('The schema is too long. Write it in at most 64 KiB.');
  refuseUnsupported(JSON.parse(text));
  return text;
}
