/** A command that a message prints works as it is printed. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const ON = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc", "--probe", "sim:nrf52840", "--no-config"];
const FLASH = ":0400000001020304F2\n:00000001FF\n";
const RAM = ":020000042000DA\n:0400000001020304F2\n:00000001FF\n";

function printed(err: string): readonly string[] {
  const [, words = ""] = /: dbgseq (.*)/.exec(err) ?? [];
  return words.split(" ");
}

describe("the command that a refusal prints", () => {
  test("load of what belongs into flash prints the flash command", async () => {
    const file = `${folderWith({ "flash.hex": FLASH })}/flash.hex`;
    const refused = await dbgseq("load", file, ...ON, "--start");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("flash is programmed by: dbgseq flash");
    const done = await dbgseq(...printed(refused.err));
    expect(done).toMatchObject({ code: 0 });
    expect(done.err).toContain("programmed");
  });

  test("flash of what belongs into RAM prints the load command", async () => {
    const file = `${folderWith({ "ram.hex": RAM })}/ram.hex`;
    const refused = await dbgseq("flash", "--erase", "sector", "--no-verify", file, ...ON);
    expect(refused.code).toBe(2);
    const words = printed(refused.err);
    expect(words.slice(0, 2)).toEqual(["load", file]);
    expect(await dbgseq(...words)).toMatchObject({ code: 0 });
  });
});
