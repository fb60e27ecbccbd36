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
