/** `dbgseq dump`: memory of the target as a file, or as readable lines. */
import { Option, type Command } from "commander";
import {
  dumpFormatOf,
  dumpMemory,
  encodeDump,
  sha256,
  type DumpedRange,
  type DumpFormat,
} from "../../api/jobs/compare-memory.ts";
import { saveFile } from "../../api/node/files.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import { FlashProgressDisplay } from "../terminal/flash-progress.ts";
import { hexLines } from "../terminal/hex-lines.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { readRange } from "../flags/values.ts";
import { addOutputOptions } from "./run.ts";

type DumpOptions = TargetOptions & OutputOptions & { readonly output?: string; readonly format?: DumpFormat };

export function defineDump(command: Command, io: Io): void {
  command
    .argument("<ranges...>", "START:SIZE")
    .option("-o, --output <file>", "write there; without it, readable lines on standard output")
    .addOption(
      new Option("--format <format>", "format of the file (by its ending)").choices(["hex", "srec", "bin"]),
    );
  addTargetOptions(command);
  addOutputOptions(command).action(async (ranges: readonly string[], options: DumpOptions) => {
    const wanted = ranges.map(sizedRange);
    const { output, format } = options;
    // A file that cannot be written is reported before anything is read.
    if (output !== undefined)
      encodeDump(
        wanted.map(({ address }) => ({ address, bytes: new Uint8Array() })),
        format ?? dumpFormatOf(output),
        output,
      );
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const result: Record<string, Json> = {};
    await withSession(io, {
      inputs,
      options,
      about: { command: "dump" },
      result,
      work: async (session) => {
        const display = new FlashProgressDisplay(io, () => session.nowUs);
        const chunks = await dumpMemory(session, wanted, { onProgress: display.show, signal: io.signal });
        display.clear();
        // The target is released first: it must not wait for a long dump to be formatted.
        io.signal?.throwIfAborted();
        result["dump"] = await describe(chunks);
        await deliver(chunks, options, io);
      },
    });
  });
}

function sizedRange(text: string): { readonly address: number; readonly size: number } {
  const { address, size } = readRange(text);
  if (size !== undefined) return { address, size };
  throw badRequest(`${text}: how many bytes? expected START:SIZE, for example ${text}:0x100`);
}

/** Writes a file only when everything was read. */
async function deliver(
  chunks: readonly DumpedRange[],
  { output, format, ...options }: DumpOptions,
  io: Io,
): Promise<void> {
  if (output !== undefined) {
    await saveFile(output, encodeDump(chunks, format ?? dumpFormatOf(output), output));
    const size = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    io.err(`${size} bytes written to ${output}, SHA-256 ${await sha256(chunks.map(({ bytes }) => bytes))}\n`);
  } else if (options.json !== true && options.jsonl !== true)
    for (const { address, bytes } of chunks) io.out(hexLines(address, bytes));
}

async function describe(chunks: readonly DumpedRange[]): Promise<Json> {
  const described: Json[] = [];
  for (const { address, bytes } of chunks)
    described.push({ address: hex32(address), size: bytes.length, sha256: await sha256([bytes]) });
  return described;
}
