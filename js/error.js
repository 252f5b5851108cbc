// The one error of the library.

export class Sd2Error extends Error {
  // Minifiers take other names away.
  static name = "Sd2Error";

  constructor(message, details) {
    super(message);
    Object.assign(this, details);
  }

  get name() {
    return "Sd2Error";
  }

  /** As plain data, with what a structured clone of an error leaves out. */
  toJSON() {
    const { name, message, cause } = this;
    return { name, message, ...this, cause: cause && plain(cause) };
  }

  /** Whether something is such an error, also of another copy of the package or another realm. */
  static is(error) {
    try {
      return error.name === "Sd2Error" && typeof error.code === "string";
    } catch {
      // Nothing, or something that does not let itself be read.
      return false;
    }
  }
}

/** The error of a call that the library cannot make sense of. */
export const misuse = message => new Sd2Error(message, { code: "invalid_argument", retryable: false });

/** An error and its causes as plain data. */
const plain = ({ name, message, code, cause }) => ({ name, message, code, cause: cause && plain(cause) });
