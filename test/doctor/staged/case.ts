/** A fault that is staged: how it is brought about, its cause, and whether following its `try:` works. */
export interface Staged {
  readonly name: string;
  readonly argv: readonly string[];
  readonly code: string;
  /** What the first line says. */
  readonly says: RegExp;
  /** The command that is suggested; undefined if nothing but hands help. */
  readonly tries?: RegExp;
  /** Exit code of the failure, and of the command that is suggested. */
  readonly exit: number;
  readonly after?: number | undefined;
}

export const FIXTURES = "test/doctor/fixtures";
export const READ = ["read", "0x20000000", "--probe"];
