/** The form of an answer and the tokens of a model → which token may come next, as the answer goes on. */
import { AppError } from '../../contract/errors.ts';
import type { AnswerForm } from './answer-form.ts';
import { MAX_POSITIONS, type PositionId, type Reader } from './reader.ts';
import type { TokenTable } from './token-mask.ts';

export class AnswerConstraint {
  readonly form: AnswerForm;
  readonly #tokens: TokenTable;
  readonly #read: number[] = [];
  #reader: Reader;
  #position: PositionId;

  constructor(form: AnswerForm, tokens: TokenTable) {
    this.form = form;
    this.#tokens = tokens;
    this.#reader = form.reader();
    this.#position = this.#reader.start;
  }

  /** Which ids may come next: id i is bit i % 32 of word i / 32. A stop id is allowed once the answer is whole. */
  allowed(): Int32Array {
    return this.#tokens.allowed(this.#reader, this.#position);
  }

  /** Whether one id may come next; far quicker than all of them. */
  allows(id: number): boolean {
    if (this.#tokens.stopIds.includes(id)) return this.#reader.isWhole(this.#position);
    return this.#behind(id) !== 0;
  }

  /** Moves on by an allowed id. Throws `backend-failed` for another. */
  accept(id: number): void {
    const position = this.#behind(id);
    if (position === 0) throw new AppError('backend-failed', 'The answer left the form it was asked to have.', { id });
    this.#position = position;
    this.#read.push(...this.#tokens.bytes[id]!);
    if (this.#reader.size > MAX_POSITIONS) this.#startAnew();
  }

  #behind(id: number): PositionId {
    const bytes = this.#tokens.bytes[id] ?? [];
    return bytes.length === 0 ? 0 : bytes.reduce((position, byte) => this.#reader.step(position, byte), this.#position);
  }

  /** Forgets the positions that were only looked at. */
  #startAnew(): void {
    this.#reader = this.form.reader();
    this.#position = this.#read.reduce((position, byte) => this.#reader.step(position, byte), this.#reader.start);
  }
}
