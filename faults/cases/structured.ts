/** Group S: JSON schemas that are easily broken: every answer fits by a second validator, or the schema is refused by keyword and place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnswerForm } from '../../engine/json-schema/answer-form.ts';
import type { Json } from '../../engine/json-schema/keywords.ts';
import { firstBroken } from '../../engine/json-schema/test/walk.ts';
import { holds, type NodeCase } from '../part-case.ts';

/** Random answers to each schema. */
const WALKS = 25;

const forms = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/json-schemas/forms.json'), 'utf8'),
) as Record<string, Json>;

function form(name: string): Json {
  const schema = forms[name];
  if (schema === undefined) throw new Error(`there is no form ${name}`);
  return schema;
}

const kept = (id: string, name: string): NodeCase => ({
  id,
  title: `${name}: ${WALKS} answers fit`,
  state: 'right',
  async run() {
    const broken = firstBroken(form(name), WALKS, 23);
    holds(broken === null, broken ?? '');
  },
});

const refused = (id: string, schema: Json, keyword: string, place: string): NodeCase => ({
  id,
  title: `${keyword} at ${place}, which cannot be kept`,
  state: 'request-invalid',
  because: { keyword, place },
  says: new RegExp(keyword.replace('$', '\\$')),
  async run() {
    new AnswerForm(schema);
  },
});

/** A finished answer that does not fit is never called whole. */
const checked = (id: string, schema: Json, answer: string, keyword: string): NodeCase => ({
  id,
  title: `the last check of ${answer}`,
  state: 'backend-failed',
  because: { reason: 'form-broken', keyword },
  async run() {
    new AnswerForm(schema).check(answer);
  },
});

export const STRUCTURED: NodeCase[] = [
  kept('S01-fractions', 'number min max'),
  kept('S01-exclusive', 'number exclusive'),
  kept('S01-one-to-five', 'number 1..5'),
  kept('S01-integer-fraction', 'integer float bounds'),
  kept('S02-alternatives', 'pattern alt unanchored group'),
  kept('S02-quotes', 'pattern quote'),
  kept('S02-negated', 'pattern neg class'),
  kept('S02-pattern-length', 'pattern+maxLength'),
  kept('S02-format-length', 'format+maxLength'),
  kept('S02-control', 'string maxLength'),
  kept('S03-email', 'format email'),
  kept('S03-lookahead', 'pattern lookahead'),
  kept('S04-enum-type', 'enum outside type'),
  kept('S04-bounds-alone', 'integer no type'),
  refused('S10-boundary', { type: 'string', pattern: '\\bcat\\b' }, 'pattern', '#'),
  refused('S10-not', { properties: { a: { not: {} } } }, 'not', '#/properties/a'),
  refused('S10-unknown', { properties: { a: { maximun: 3 } } }, 'maximun', '#/properties/a'),
  refused('S10-dead', { $ref: '#/$defs/nope' }, '$ref', '#'),
  checked('S20-json', {}, '{"ratio": 005}', 'JSON'),
  checked('S20-bounds', { properties: { a: { maximum: 1 } } }, '{"a": 1.67}', 'maximum'),
  {
    id: 'S21-email',
    title: 'an address that is cut off is closed with an @, not looked for without end',
    state: 'right',
    async run() {
      const answer = new AnswerForm({ type: 'string', format: 'email' });
      const whole = `"a${answer.closing('"a')}`;
      answer.check(whole);
      holds(whole.includes('@') && whole.length < 12, whole);
    },
  },
];
