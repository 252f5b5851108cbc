// The one error of the library.

export class Sd2Error extends Error {
  // A minifier renames the class.
  static name = "Sd2Error";

  constructor(message, details) {
    super(message);
    Object.assign(this, details);
  }

  get name() {
    return "Sd2Error";
  }

  /** The error as plain data, with the fields that a structured clone leaves out. */
  toJSON() {
    const { name, message, cause } = this;
    return { name, message, ...this, cause: cause && plain(cause) };
  }

  /** Whether a value is an Sd2Error, also one of another copy of the package or another realm. */
  static is(error) {
    try {
      return error.name === "Sd2Error" && typeof error.code === "string";
    } catch {
      // The value is null or undefined, or a getter threw.
      return false;
    }
  }
}

/** The error of a wrong argument. */
export const misuse = message => new Sd2Error(message, { code: "invalid_argument", retryable: false });

/** An error and its causes as plain data. */
const plain = ({ name, message, code, cause }) => ({ name, message, code, cause: cause && plain(cause) });
