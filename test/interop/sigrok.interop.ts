/** sigrok's SWD decoder reads what `--wire` wrote: the same transfers as our own decoder finds, the same accesses as our trace. */
import { execFile, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { swdioBits, swdTransfers, wordAccesses, type Transfer } from "../support/swd-decoder.ts";

const SIGROK = process.env["SIGROK"] ?? "sigrok-cli";
const why =
  spawnSync(SIGROK, ["--version"]).status === 0 ? undefined : `there is no ${SIGROK}; SIGROK=PATH names one`;

/** As the decoder's annotations call the registers. */
const READ = new Map([
  ["IDCODE", 0x0],
  ["R CTRL/STAT", 0x4],
  ["RESEND", 0x8],
  ["RDBUFF", 0xc],
]);
const WRITE = new Map([
  ["W ABORT", 0x0],
  ["W CTRL/STAT", 0x4],
  ["W SELECT", 0x8],
]);
const ACKS = new Map([
  ["OK", 1],
  ["WAIT", 2],
  ["FAULT", 4],
]);

function headerOf(text: string): Pick<Transfer, "port" | "read" | "address"> | undefined {
  const ap = /^([RW]) AP([048c])$/.exec(text);
  if (ap !== null) return { port: "AP", read: ap[1] === "R", address: Number.parseInt(ap[2] ?? "", 16) };
  const read = READ.get(text);
  if (read !== undefined) return { port: "DP", read: true, address: read };
  const write = WRITE.get(text);
  return write === undefined ? undefined : { port: "DP", read: false, address: write };
}

async function decoded(file: string): Promise<readonly Transfer[]> {
  const { stdout } = await promisify(execFile)(
    SIGROK,
    ["-i", file, "-P", "swd:swclk=SWCLK:swdio=SWDIO", "-A", "swd"],
    { maxBuffer: 1 << 26 },
  );
  const transfers: Transfer[] = [];
  for (const line of stdout.split("\n")) {
    const text = line.replace(/^swd-1: /, "");
    const header = headerOf(text);
    if (header !== undefined) transfers.push({ ...header, ack: 0 });
    const last = transfers.pop();
    if (last === undefined) continue;
    const ack = ACKS.get(text);
    const data = /^0x[0-9a-f]{8}$/.test(text) ? { data: Number(text) } : {};
    transfers.push({ ...last, ...(ack === undefined ? {} : { ack }), ...data });
  }
  return transfers;
}

describe.skipIf(why !== undefined)(why === undefined ? "sigrok's SWD decoder" : `skipped: ${why}`, () => {
  test.each([
    ["words", "Write32(0x20000000, 0xCAFEF00D); Write32(0x20000004, Read32(0x20000000) + 1);"],
    ["a fault", "__errorcontrol = 1; Write32(0xA0000000, 1); Write32(0x20000000, 2); __errorcontrol = 0;"],
  ])("finds the same transfers as our decoder: %s", async (_what, script) => {
    const file = join(folderWith({}), "wire.vcd");
    await dbgseq("run", "-e", script, "--probe", "sim:generic-m4", "--wire", file);
    const theirs = await decoded(file);
    const ours = swdTransfers(swdioBits(await readFile(file, "utf8")));
    expect(ours.length).toBeGreaterThan(20);
    expect(theirs).toEqual(ours);
  });

  test("finds the accesses of the trace", async () => {
    const file = join(folderWith({}), "wire.vcd");
    const script = "Write32(0x20000000, 0xCAFEF00D); Write32(0x20000004, Read32(0x20000000) + 1);";
    const run = await dbgseq("run", "-e", script, "--probe", "sim:generic-m4", "--trace", "--wire", file);
    const seen = wordAccesses(await decoded(file)).filter(({ address }) => address >>> 28 === 2);
    expect(seen).toEqual([
      { access: "write", address: 0x20000000, value: 0xcafef00d },
      { access: "read", address: 0x20000000, value: 0xcafef00d },
      { access: "write", address: 0x20000004, value: 0xcafef00e },
    ]);
    const traced = [...run.out.matchAll(/(Read|Write)32\((0x2[0-9A-F]{7})/g)].map(
      ([, kind = "", address]) => `${kind.toLowerCase()} ${Number(address)}`,
    );
    expect(traced).toEqual(seen.map(({ access, address }) => `${access} ${address}`));
  });
});
