/** Checks what callers of the API pass in, as `lib/arguments.ts` does, and adds what only the API knows. */
import { options as plainOptions } from "../lib/arguments.ts";
import { foreignWord } from "../options/foreign.ts";
import { SessionFailure, type RequestSubject } from "../project/faults.ts";

export {
  any,
  badArgument,
  bigNumber,
  byKind,
  bytes,
  call,
  count,
  either,
  known,
  listOf,
  madeBy,
  memoryAddress,
  milliseconds,
  nameOrNumber,
  oneOf,
  optional,
  record,
  recordOf,
  registerOffset,
  signal,
  source,
  sourceOrText,
  text,
  thing,
  unsigned,
  unsigned64,
  wholeNumber,
  words,
  work,
  yesOrNo,
  type Check,
} from "../lib/arguments.ts";

/** Accepts an object with these names and no other. Words of other tools get the same hint as everywhere. */
export function options<const S extends Parameters<typeof plainOptions>[0]>(
  shape: S,
): ReturnType<typeof plainOptions<S>> {
  return plainOptions(shape, foreignWord);
}

/** The failure of a job that is asked for the impossible. */
export function badRequest(what: string, about?: RequestSubject): SessionFailure {
  return new SessionFailure({ kind: "bad-request", what, ...(about === undefined ? {} : { about }) }, what);
}
