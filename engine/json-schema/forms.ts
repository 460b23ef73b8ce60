/** All that the engine needs for answers in a form, as one file to load. */
export { AnswerForm } from './answer-form.ts';
export { AnswerConstraint } from './constraint.ts';
export { TokenTable } from './token-mask.ts';
