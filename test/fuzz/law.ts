/** The law of whatever is given from outside: an answer, or a failure whose kind has an exit code. Nothing else, and never nothing. */
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { Failure } from "../../src/lib/fault.ts";

/** What was answered, or the failure. Throws where it was neither. */
export async function answerOrFailure<T>(action: () => T | Promise<T>): Promise<T | Failure> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Failure) || exitCodeOf(error) === undefined) throw error;
    if (error.message === "" || /\bundefined\b|\[object /.test(error.message.replace(/'[^']*'|"[^"]*"/g, "")))
      throw new Error(`a failure says: ${error.message}`, { cause: error });
    return error as Failure;
  }
}

/** A machine that is ten times slower than any is not taken for a hang. */
const HANGS_MS = 100_000;

/** Rejects where the action does not come to an end. */
export async function ends<T>(what: string, action: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} hangs`));
    }, HANGS_MS);
  });
  try {
    return await Promise.race([action, late]);
  } finally {
    clearTimeout(timer);
  }
}
