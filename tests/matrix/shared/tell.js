// How a page tells what came of it: in an element that the driver reads.

/** Where the emulator is: the page's address says so. */
export const api = new URLSearchParams(location.search).get("api");

const show = told => {
  const element = document.createElement("pre");
  element.id = "told";
  element.textContent = JSON.stringify(told);
  document.body.append(element);
};

const failure = error => ({ failed: `${error} ${error?.code} ${error?.stack}` });

/** Tells what a promise comes to. */
export const tell = promise => promise.then(show, error => show(failure(error)));

/** Calls each of these functions, one after the other, and tells by its name what it came to. */
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
