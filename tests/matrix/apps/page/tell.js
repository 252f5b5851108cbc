// Calls each of these functions, and tells by its name what it came to.
export const tellAll = async (parts) => {
  const told = {};
  for (const [name, part] of Object.entries(parts)) {
    try {
      told[name] = await part();
    } catch (error) {
      told[name] = { failed: `${error} ${error?.code} ${error?.stack}` };
    }
  }
  const element = document.createElement("pre");
  element.id = "told";
  element.textContent = JSON.stringify(told);
  document.body.append(element);
};

export const api = new URLSearchParams(location.search).get("api");
