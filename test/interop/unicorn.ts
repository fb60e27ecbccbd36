/** Finds a Python that has Unicorn, and talks to thumb-unicorn.py. Knows requests and words, no instruction. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("thumb-unicorn.py", import.meta.url));

export interface Unicorn {
  readonly python: string;
  readonly version: string;
}

/** UNICORN names a Python with the package `unicorn`. The sentence says why there is none. */
export function findUnicorn(): Unicorn | string {
  const python = process.env["UNICORN"] ?? "python3";
  const ask = ["-c", "import unicorn; print(unicorn.__version__)"];
  const { status, stdout } = spawnSync(python, ask, { encoding: "utf8" });
  if (status === 0) return { python, version: stdout.trim() };
  return `${python} has no package unicorn; UNICORN=PYTHON names one that has (pip install unicorn)`;
}

/** One process, one request at a time. */
export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #chunks: AsyncIterator<Buffer>;
  #pending = Buffer.alloc(0);
  #said = "";

  constructor({ python }: Unicorn) {
    this.#child = spawn(python, [SCRIPT]);
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#child.stderr.on("data", (text: Buffer) => (this.#said += text.toString()));
  }

  async ask(
    request: Readonly<Record<string, unknown>>,
    ...body: readonly Uint8Array[]
  ): Promise<Uint32Array> {
    const bytes = body.reduce((sum, { length }) => sum + length, 0);
    this.#child.stdin.write(`${JSON.stringify({ ...request, bytes })}\n`);
    for (const part of body) this.#child.stdin.write(part);
    const length = (await this.#take(4)).readUInt32LE();
    const answer = await this.#take(length);
    // A copy, for words must stand at a multiple of four.
    return new Uint32Array(Uint8Array.from(answer).buffer);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.stdin.end();
    await ended;
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#pending.length < length) {
      const next = await this.#chunks.next();
      if (next.done === true) throw new Error(`thumb-unicorn.py ended: ${this.#said}`);
      this.#pending = Buffer.concat([this.#pending, next.value]);
    }
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }
}
