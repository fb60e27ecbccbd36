/** Ends a command with a code after it has said everything itself, as `check` does with its findings. */

export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}
