/** `dbgseq test`: proves what can be proved of a pack without a board. */
import type { Command } from "commander";
import { hex32 } from "../../lib/hex.ts";
import { JSON_VERSION, type Json } from "../../report/json.ts";
import { EXIT, exitCodeOf } from "../../api/exit-codes.ts";
import { openSmoke, type SmokeResult } from "../../api/node/jobs/smoke-pack.ts";
import { badRequest } from "../bad-request.ts";
import { Exit } from "../exit.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { reportError } from "../terminal/report-error.ts";
import { append } from "../../lib/lists.ts";

interface TestOptions {
  readonly smoke?: readonly string[];
  readonly device?: string;
  readonly json?: boolean;
}

export function defineTest(command: Command, io: Io): void {
  command
    .option(
      "--smoke <packs...>",
      "connect, reset and disconnect every device and processor of these on models derived from them",
    )
    .option("--device <name>", "only this one")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
Each device has at most 400 trials, each of them bounded as a run is by --deadline: 60 s of simulated time for a flow.

Example:
  dbgseq test --smoke examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc`,
    )
    .action(async ({ smoke: packs, device, json = false }: TestOptions) => {
      if (packs === undefined)
        throw badRequest("what should be tested? --smoke PACK tests every device of it");
      const results: SmokeResult[] = [];
      const documents: Json[] = [];
      // The other packs are tested even if one cannot be read.
      let unreadable: number | undefined;
      for (const name of packs) {
        const smoke = await whileReading(io, name, () => openSmoke(name)).catch((error: unknown) => {
          reportError(error, io);
          unreadable ??= exitCodeOf(error) ?? EXIT.failed;
        });
        if (smoke === undefined) continue;
        const own: SmokeResult[] = [];
        for await (const result of smoke.results({ device, signal: io.signal })) own.push(result);
        append(results, own);
        documents.push({ pack: smoke.pack, results: own.map(resultJson) });
        if (!json) io.out(`${smoke.pack}: ${summary(own)}\n${reasons(own)}`);
      }
      const passed = results.filter(({ failed }) => failed === undefined).length;
      const exitCode = passed < results.length ? EXIT.failed : (unreadable ?? EXIT.success);
      if (json) io.json({ version: JSON_VERSION, exitCode, passed, of: results.length, packs: documents });
      else if (packs.length > 1) io.out(`all packs: ${summary(results)}\n`);
      if (exitCode !== EXIT.success) throw new Exit(exitCode);
    });
}

function summary(results: readonly SmokeResult[]): string {
  const passed = results.filter(({ failed }) => failed === undefined).length;
  const percent = results.length === 0 ? "" : ` (${((100 * passed) / results.length).toFixed(1)} %)`;
  const helped = results.filter(({ assumptions }) => assumptions.length > 0).length;
  const said = helped === 0 ? "" : `, ${helped} of them with words assumed that their sequences ask for`;
  return `${passed} of ${results.length} connect, reset and disconnect${percent}${said}`;
}

/** Counts devices that fail for one reason together, and names the first of them. */
function reasons(results: readonly SmokeResult[]): string {
  const groups = new Map<string, { readonly first: SmokeResult; count: number }>();
  for (const result of results) {
    if (result.failed === undefined) continue;
    const { step, sentences } = result.failed;
    // Names and places differ from device to device; the rest of the sentence does not.
    const key = `${step}: ${sentences.join("; because ")}`.replaceAll(result.device, "DEVICE");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: result, count: 1 });
    else group.count += 1;
  }
  return [...groups]
    .map(([key, { first, count }]) => {
      const who = `${first.device}${first.pname === undefined ? "" : `:${first.pname}`}`;
      return `  ${count === 1 ? who : `${who} and ${count - 1} more`}: ${key}\n`;
    })
    .join("");
}

function resultJson({ device, pname, reset, assumptions, failed }: SmokeResult): Json {
  return {
    device,
    ...(pname === undefined ? {} : { pname }),
    ...(reset === undefined ? {} : { reset }),
    ...(assumptions.length === 0 ? {} : { assumed: assumptions.map(wordJson) }),
    ...(failed === undefined
      ? { ok: true }
      : { ok: false, step: failed.step, because: [...failed.sentences] }),
  };
}

function wordJson({ ap, address, value }: SmokeResult["assumptions"][number]): Json {
  return { ap, address: hex32(address), value: hex32(value) };
}
