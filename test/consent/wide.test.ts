/** Words of 64 bits: each half counts where it arrives. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PLAIN = readFileSync(new URL("../../src/simulator/models/generic-m4.yaml", import.meta.url), "utf8");
const LARGE = PLAIN.replace("csw: 0x23000052 }", "csw: 0x23000052, largeData: true }");

test.each([
  ["a statement", "Write64(0x4001E508, 0x100000000);"],
  ["a block", "BufferSet(0, 0, 1, 8, 0x100000000); BufferWrite(0, 0, 0x4001E508, 8, 64 | 1);"],
  ["a block that stays", "BufferSet(0, 0, 1, 8, 0x100000000); BufferWrite(0, 0, 0x4001E508, 8, 64);"],
])("%s", async (_what, statements) => {
  const model = `${folderWith({ "large.yaml": LARGE })}/large.yaml`;
  const { code, err } = await dbgseq("run", "-e", statements, "--probe", `sim:${model}`, "--no-config");
  expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining("NVMC ERASEALL") as string });
});
