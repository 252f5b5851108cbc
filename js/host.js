// Answers the modules' questions about hosts.
import { read, writeAscii } from "./memory.js";

/** As much of a host's end as a module reads. */
const HOST = 64;

/** Writes the end of a URL's host, as the platform reads it, and gives its length; 0 if the platform refuses the URL. */
export const writeHost = (address, length, end) => {
  let host = "";
  try {
    host = new URL(read(address, length)).hostname.slice(-HOST);
  } catch {
    // It is no URL.
  }
  writeAscii(host, end);
  return host.length;
};
