/** How transfers are framed follows what a sequence tells the debug port: turnaround and data phase (wire rule 15). */
import { expect, test } from "vitest";
import { openFixture, RAM } from "./fixture.ts";

/** Writes DLCR.TURNROUND and looks whether all is heard as before. */
const turnaround = (clocks: number): string => `
  WriteDP(0x8, 1);
  WriteDP(0x4, ${0x40 + ((clocks - 1) << 8)});
  Message(0, "%x", ReadDP(0x4));
  WriteDP(0x8, 0);
  Write32(0x20000000, ${clocks});
  Write32(0x20000004, ${clocks} + 1);
  Message(0, "%u %u", Read32(0x20000000), Read32(0x20000004));`;

test("wire rule 15: SWD_Configure follows DLCR.TURNROUND, up and down", async () => {
  const fixture = await openFixture();
  const events = await fixture.run(`sequence S { ${[2, 4, 3, 1].map(turnaround).join("")} }`);
  const shown = events.flatMap((event) => (event.kind === "message" ? [event.text] : []));
  expect(shown).toEqual(["140", "2 3", "340", "4 5", "240", "3 4", "40", "1 2"]);
});

test("wire rule 15: a line reset brings the first turnaround back", async () => {
  const fixture = await openFixture();
  await fixture.run(`sequence S { ${turnaround(4)}
    DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF);
    DAP_SWJ_Sequence(8, 0);
    Message(0, "%x", ReadDP(0x0));
    ${turnaround(2)} }`);
  expect(fixture.peek(RAM)).toBe(2);
});

test("wire rule 15: a write of DLCR that changes nothing is a write like any other", async () => {
  const fixture = await openFixture();
  await fixture.run(
    "sequence S { WriteDP(0x8, 1); WriteDP(0x4, 0x40); WriteDP(0x8, 0); Write32(0x20000000, 1); }",
  );
  expect(fixture.commands).toEqual([0x05]);
});

test("wire rule 15: an error at the write of DLCR leaves the framing as it was", async () => {
  const fixture = await openFixture();
  const run = fixture.run(`sequence S { Write32(0x60000000, 1); ${turnaround(3)} }`);
  await expect(run).rejects.toMatchObject({ fault: { kind: "access-failed" } });
  const events = await fixture.run(`sequence S { ${turnaround(1)} }`);
  expect(events.flatMap((event) => (event.kind === "message" ? [event.text] : []))).toEqual(["40", "1 2"]);
});
