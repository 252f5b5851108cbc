// A page writes its report into an element, which the driver reads.

/** The base URL of the emulator, from the page's address. */
export const api = new URLSearchParams(location.search).get("api");

const show = told => {
  const element = document.createElement("pre");
  element.id = "told";
  element.textContent = JSON.stringify(told);
  document.body.append(element);
};

const failure = error => ({ failed: `${error} ${error?.code} ${error?.stack}` });

/** Reports the result of a promise. */
export const tell = promise => promise.then(show, error => show(failure(error)));

/** Calls these functions in sequence, and reports their results by name. */
export const tellAll = async parts => {
  const told = {};
  for (const [name, part] of Object.entries(parts)) {
    try {
      told[name] = await part();
    } catch (error) {
      told[name] = failure(error);
    }
  }
  show(told);
};
