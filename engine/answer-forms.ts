/** The schema of an answer → what keeps the answer to it; the code for that is loaded with the first such answer. */
import { AppError } from '../contract/errors.ts';
import { toVocabulary } from './grammar.ts';
import type { AnswerConstraint } from './json-schema/constraint.ts';
import type * as Forms from './json-schema/forms.ts';
import type { Json } from './json-schema/keywords.ts';
import type { TokenTable } from './json-schema/token-mask.ts';
import type { LoadedParts } from './load.ts';

async function loadForms(): Promise<typeof Forms> {
  try {
    return await import('./json-schema/forms.ts');
  } catch (cause) {
    const message = 'The part that keeps answers in a form could not be loaded. Reload the page while online.';
    throw new AppError('backend-failed', message, {}, cause);
  }
}

/** One for each loaded model. */
export class AnswerForms {
  readonly #parts: Pick<LoadedParts, 'manifest' | 'tokenizer'>;
  /** Made for the first answer in a form. */
  #tokens: TokenTable | null = null;

  constructor(parts: Pick<LoadedParts, 'manifest' | 'tokenizer'>) {
    this.#parts = parts;
  }

  /** Throws `request-invalid` for a schema that cannot be kept. */
  async constrain(schema: Json): Promise<AnswerConstraint> {
    const { AnswerForm, AnswerConstraint, TokenTable } = await loadForms();
    const form = new AnswerForm(schema);
    const { manifest, tokenizer } = this.#parts;
    this.#tokens ??= new TokenTable(toVocabulary(tokenizer, manifest));
    return new AnswerConstraint(form, this.#tokens);
  }
}
