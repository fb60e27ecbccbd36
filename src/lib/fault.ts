/**
 * This is the one error class of the project. A fault is data (kind and facts); the sentence is for people
 * only.
 */

export class Failure<F extends { readonly kind: string } = { readonly kind: string }> extends Error {
  override readonly name = "Failure";
  readonly fault: F;

  constructor(fault: F, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

/** Returns the sentences of an error and of everything that caused it, outermost first. */
export function sentences(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) lines.push(at.message);
  return lines;
}

/** Returns an unknown error as a Failure of any kind; `instanceof` alone would make its fault `any`. */
export function asFailure(error: unknown): Failure | undefined {
  return error instanceof Failure ? (error as Failure) : undefined;
}

/** What a clause begins with that tells of another event than the one before it. */
const GOES_ON = /^(the run then ended|before it|the target could not be released)/;

/** The same in one line, without the values and hints that stand behind each sentence's first clause. */
export function briefly(error: unknown): string {
  return sentences(error)
    .map((sentence) => {
      const [first = "", ...others] = clauses((sentence.split("\n")[0] ?? "").replace(/:$/, ""));
      return [first, ...others.filter((clause) => GOES_ON.test(clause))].join("; ");
    })
    .join(": ");
}

/** Splits a sentence at semicolons that stand outside of parentheses. */
export function clauses(sentence: string): readonly string[] {
  const found: string[] = [""];
  let depth = 0;
  for (const part of sentence.split(/(; |[()])/)) {
    if (part === "(") depth += 1;
    else if (part === ")") depth -= 1;
    if (part === "; " && depth === 0) found.push("");
    else found.push(`${found.pop() ?? ""}${part}`);
  }
  return found;
}
