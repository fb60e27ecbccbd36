/** However a run or a session ends, what it asked of the target is sent and judged, and what follows is clean (wire rules 2, 17). */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConnectHelper, type Session, type SessionOptions } from "../../src/index.ts";
import type { SessionEvent } from "../../src/session/flow/events.ts";
import { Failure } from "../../src/lib/fault.ts";
import { folderWith } from "../support/folder.ts";

const SEQUENCES = `
sequence A { Write32(0x20000000, 0x55AA); __var z = BufferSize(0); __var v = 5 / z; Message(0, "%x", v); }
sequence B { Message(0, "RAM %x", Read32(0x20000000)); }
sequence Posted { Write32(0xA0000000, 1); Message(0, "behind"); ReadDP(0); }
sequence Divide { __var z = BufferSize(0); Write32(0xA0000000, 1); __var v = 5 / z; Message(0, "%x", v); }
sequence Cleared { Write32(0xA0000000, 1); WriteDP(0x0, 0x1E); Write32(0x20000000, 2); }
sequence Block { atomic { Write32(0xA0000000, 1); WriteDP(0x0, 0x1E); Write32(0x20000000, 2); } }
sequence Registers { WriteAP(0x4, 0xA0000000); WriteAP(0xC, 1); ReadDP(0); }
sequence Bank { WriteDP(0x8, 2); Write32(0xA0000000, 1); __var t = ReadDP(0x4); Message(0, "%x", t); }
`;

const NOWHERE = 0xa000_0000;

describe.each(["swd", "jtag"] as const)("over %s", (protocol) => {
  const shown: string[] = [];
  const options = (): SessionOptions & { onEvent: (event: SessionEvent) => void } => {
    shown.length = 0;
    const seq = [join(folderWith({ "ends.seq": SEQUENCES }), "ends.seq")];
    const onEvent = (event: SessionEvent): void => {
      if (event.kind === "message" || event.kind === "warning") shown.push(event.text);
    };
    return { probe: "sim:generic-m4", protocol, seq, config: false, onEvent };
  };
  const within = <T>(work: (session: Session) => Promise<T> | T): Promise<T | null> =>
    ConnectHelper.withSession(options(), work);

  test("what stands before a division by zero took place, and the next run of the session sees it", async () => {
    await within(async (session) => {
      expect(await kindOf(session.run("A"))).toBe("division-by-zero");
      await session.run("B");
    });
    expect(shown).toEqual(["RAM 55aa"]);
  });

  test.each(["Posted", "Divide", "Cleared", "Block", "Registers", "Bank"])(
    "%s: the failed access is reported by its own run, and the next is clean",
    async (name) => {
      await within(async (session) => {
        const error: unknown = await session.run(name).catch((caught: unknown) => caught);
        expect(error).toMatchObject({
          fault: { kind: "access-failed" },
          cause: { fault: { kind: "target-fault", certainty: "certain" } },
        });
        await session.run("B");
      });
      expect(shown).toEqual(["RAM 0"]);
    },
  );

  test("a failure that was not awaited belongs to its own caller, and closing is clean", async () => {
    let write: Promise<unknown> = Promise.resolve();
    const result = await within(({ target }) => {
      write = kindOf(target.selectedCore.write32(NOWHERE, 1));
      return 42;
    });
    expect(result).toBe(42);
    expect(await write).toBe("target-fault");
    expect(shown).toEqual([]);
  });

  test("work that throws keeps its error while an access fails behind it", async () => {
    const own = new Error("of the work");
    let write: Promise<unknown> = Promise.resolve();
    const work = within(async ({ target }) => {
      const ap = target.aps.get(0);
      await ap.writeReg(0x4, NOWHERE);
      write = kindOf(ap.writeReg(0xc, 1));
      throw own;
    });
    await expect(work).rejects.toBe(own);
    expect(await write).toBe("target-fault");
  });

  test("registers of an access port written last are judged by the call that wrote them", async () => {
    await within(async ({ target }) => {
      const ap = target.aps.get(0);
      await ap.writeReg(0x4, NOWHERE);
      expect(await kindOf(ap.writeReg(0xc, 1))).toBe("target-fault");
      expect(await target.selectedCore.read32(0x2000_0000)).toBe(0);
    });
    expect(shown).toEqual([]);
  });

  test("`await using` closes after a run that failed, and the probe's next session is clean", async () => {
    const failed = async (): Promise<void> => {
      await using session = await ConnectHelper.sessionWithChosenProbe(options());
      await session?.run("Posted");
    };
    expect(await kindOf(failed())).toBe("access-failed");
    expect(shown).toEqual([]);
  });
});

async function kindOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return "nothing failed";
  } catch (error) {
    if (error instanceof Failure) return (error as Failure).fault.kind;
    throw error;
  }
}

test("a debug port that lost its power is not one without access ports", async () => {
  await ConnectHelper.withSession({ probe: "sim:generic-m4", config: false }, async ({ target }) => {
    expect((await target.dp.findAps()).size).toBeGreaterThan(0);
    await target.dp.writeDP(0x4, 0);
    expect(await kindOf(target.dp.findAps())).toBe("wrong-identity");
    await target.dp.writeDP(0x4, 0x5000_0000);
    while (((await target.dp.readDP(0x4)) & 0x2000_0000) === 0);
  });
});
