// The address says which view is shown, and what is chosen in it: `#calculate?model=sd2&duration=5s`.

export const VIEWS = ["create", "calculate", "code", "connect"];

/** The view of the address, and the state that stands behind it. */
export const read = () => {
  const [view, state] = location.hash.slice(1).split("?");
  return { view: VIEWS.includes(view) ? view : VIEWS[0], state: new URLSearchParams(state) };
};

/** The address of a view with a state. */
export const address = (view, state) => `#${view}${String(state) && `?${state}`}`;

/** Puts the state into the address, without a step in the history for each move of a slider. */
export const write = (view, state) => history.replaceState(null, "", address(view, state));
