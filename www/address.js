// The page's address names the view and its state: `#calculate?model=sd2&duration=5s`.

export const VIEWS = ["create", "calculate", "code", "connect"];

/** The view in the address, and its state. */
export const read = () => {
  const [view, state] = location.hash.slice(1).split("?");
  return { view: VIEWS.includes(view) ? view : VIEWS[0], state: new URLSearchParams(state) };
};

/** The address of a view with a state. */
export const address = (view, state) => `#${view}${String(state) && `?${state}`}`;

/** Puts the state into the address without a new history entry, of which a slider would make many. */
export const write = (view, state) => history.replaceState(null, "", address(view, state));
