/** The reducer → a store that React can subscribe to. */
import { observable, type Observable } from './observable.ts';
import { type Action, reduce } from './reduce.ts';
import { initialState, type State } from './state.ts';

export interface Store extends Observable<State> {
  dispatch: (action: Action) => void;
}

export function createStore(): Store {
  const { getState, setState, subscribe } = observable(initialState());
  return { getState, subscribe, dispatch: (action) => setState(reduce(getState(), action)) };
}
