/** One call to a worker and what comes of it, as they travel: down and up one ordered port that is opened for that call. */
import type { WireError } from './errors.ts';

/** Arguments go down; any number of events, then a result, come up. */
export interface Call {
  args: unknown[];
  event: unknown;
  result: unknown;
}

/** What a worker offers, by name. */
export type Calls<C> = { [Name in keyof C]: Call };

/** What comes up, in order: a pong for each ping, events, and at the end one result or one error. */
export type Up<C extends Call> = 'pong' | { event: C['event'] } | { result: C['result'] } | { error: WireError };

/** What goes down after the call itself. A call that was aborted still ends by what comes up. */
export type Down = 'ping' | 'abort';

/** What the worker's side of a call has of the other one. */
export interface Caller<Event> {
  send: (event: Event) => void;
  /** Aborted with an AbortError. */
  signal: AbortSignal;
}

/** The worker's side: what is thrown becomes the error. */
export type Handlers<C extends Calls<C>> = {
  [Name in keyof C]: (
    caller: Caller<C[Name]['event']>,
    ...args: C[Name]['args']
  ) => Promise<C[Name]['result']> | C[Name]['result'];
};

/**
 * A call that every worker answers: its one argument names a Web Lock that the worker takes for as long as it lives, so that
 * whoever waits for the lock learns at once when it is gone. Ends when the lock is held.
 */
export const HOLD = 'hold';
