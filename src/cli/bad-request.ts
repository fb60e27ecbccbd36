/** A command line that asks for what is not there to be done. */
import { Failure } from "../lib/fault.ts";

export function badRequest(what: string): Failure<{ readonly kind: "bad-request"; readonly what: string }> {
  return new Failure({ kind: "bad-request", what }, what);
}
