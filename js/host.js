// Reads URLs for the modules, with the parser of the platform.
import { read, writeAscii } from "./memory.js";

/** The most bytes of a host that a module reads: `HOST` in src/rules/host.rs. */
const HOST = 64;

/** Writes the end of a URL's host in its normal form, and returns its length; 0 if the platform refuses the URL. */
export const writeHost = (address, length, end) => {
  let host = "";
  try {
    host = new URL(read(address, length)).hostname.slice(-HOST);
  } catch {
    // Not a URL.
  }
  writeAscii(host, end);
  return host.length;
};
