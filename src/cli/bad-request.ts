/** The failure for a command line that asks for something that does not exist. */
import { Failure } from "../lib/fault.ts";

export function badRequest(what: string): Failure<{ readonly kind: "bad-request"; readonly what: string }> {
  return new Failure({ kind: "bad-request", what }, what);
}
