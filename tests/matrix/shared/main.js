// A page: runs the program against the emulator that its address names, and tells what came of it.
import { program } from "./program.js";

const tell = (told) => {
  const element = document.createElement("pre");
  element.id = "told";
  element.textContent = JSON.stringify(told);
  document.body.append(element);
};

program(new URLSearchParams(location.search).get("api")).then(tell, (error) => tell({ failed: `${error} ${error?.code} ${error?.stack}` }));
