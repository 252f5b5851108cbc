// A worker of the page's.
import { program } from "./inline.js";

onmessage = ({ data }) =>
  program(data).then(postMessage, error => postMessage({ failed: `${error} ${error?.code} ${error?.stack}` }));
