/** Whose error it is (wire rule 2), through every layer down to the simulated wire. */
import { describe, expect, test } from "vitest";
import { asFailure, sentences } from "../../src/lib/fault.ts";
import { where } from "../../src/lib/source.ts";
import { access, NOWHERE, openFixture, RAM, statement } from "./fixture.ts";

const FIVE_WRITES = `sequence S {
  Write32(0x20000000, 1);
  Write32(0x20000004, 2);
  Write32(0x60000000, 3);
  Write32(0x20000008, 4);
  Write32(0x2000000C, 5);
}`;

async function failureOf(run: Promise<unknown>): Promise<Error> {
  return run.then(
    () => {
      throw new Error("nothing failed");
    },
    (error: unknown) => error as Error,
  );
}

/** The places that the failure of an access names. */
function placesOf(error: Error): readonly string[] {
  const fault = (error as unknown as { fault: { sites: readonly { span: Parameters<typeof where>[0] }[] } })
    .fault;
  return fault.sites.map(({ span }) => where(span));
}

describe("wire rule 2: the statement of a write that faults is reported", () => {
  test("if it is the third of five posted writes", async () => {
    const fixture = await openFixture();
    const error = await failureOf(fixture.run(FIVE_WRITES));
    expect(placesOf(error)).toEqual(["test.seq:4:3"]);
    expect(sentences(error).join("\n")).toContain("Write32(0x60000000, 0x3) failed");
    expect(sentences(error).join("\n")).toContain("STICKYERR");
    expect([fixture.peek(RAM), fixture.peek(RAM + 4), fixture.peek(RAM + 8)]).toEqual([1, 2, 0]);
  });

  test("if a read follows it", async () => {
    const fixture = await openFixture();
    const error = await failureOf(
      fixture.run(FIVE_WRITES.replace("}", "  __var x = 0;\n  x = Read32(0x20000000);\n}")),
    );
    expect(placesOf(error)).toEqual(["test.seq:4:3"]);
  });

  test("under __errorcontrol = 1 the later statements still take effect, and nothing is written twice", async () => {
    const fixture = await openFixture();
    await fixture.run(FIVE_WRITES.replace("{", "{\n  __errorcontrol = 1;"));
    expect([0, 4, 8, 12].map((offset) => fixture.peek(RAM + offset))).toEqual([1, 2, 4, 5]);
    expect(fixture.accesses()).toEqual([
      "AP 0 write 0x20000000 = 0x1",
      "AP 0 write 0x20000004 = 0x2",
      "AP 0 write 0x60000000 = 0x3 failed",
      "AP 0 write 0x20000008 = 0x4",
      "AP 0 write 0x2000000C = 0x5",
    ]);
    expect(fixture.tolerated()).toEqual([expect.stringContaining("Write32(0x60000000, 0x3) failed")]);
  });

  test.each([1, 2, 3, 4, 5])("if it is any of the five: %i", async (culprit) => {
    const fixture = await openFixture();
    for (let number = 1; number <= 5; number++) {
      const address = number === culprit ? NOWHERE : RAM + 4 * number;
      void fixture.access.post(access({ fn: "Write32", args: [address, number] }), statement(number));
    }
    const error = await failureOf(fixture.access.settle("end of sequence"));
    expect(asFailure(error)?.fault).toMatchObject({
      kind: "target-fault",
      ack: "FAULT",
      certainty: "certain",
      sites: [statement(culprit)],
      ap: 0,
      register: "DRW",
      address: NOWHERE,
    });
  });

  test("two that fault under __errorcontrol = 1 are both known, the rest is written", async () => {
    const fixture = await openFixture();
    const addresses = [RAM, NOWHERE, RAM + 4, NOWHERE + 4, RAM + 8];
    addresses.forEach((address, index) => {
      void fixture.access.post(
        access({ fn: "Write32", args: [address, index + 1], tolerate: true }),
        statement(index),
      );
    });
    await fixture.access.settle("end of sequence");
    expect([RAM, RAM + 4, RAM + 8].map((address) => fixture.peek(address))).toEqual([1, 3, 5]);
    expect(fixture.tolerated()).toHaveLength(2);
  });
});

test("wire rule 2: of an unaligned access, the parts that follow the failed one are not sent", async () => {
  const fixture = await openFixture();
  void fixture.access.post(
    access({ fn: "Write32", args: [NOWHERE + 1, 0x44332211], tolerate: true }),
    statement(1),
  );
  void fixture.access.post(access({ fn: "Write32", args: [RAM, 7], tolerate: true }), statement(2));
  await fixture.access.settle("end of sequence");
  expect(fixture.accesses()).toEqual(["AP 0 write 0x60000001 = 0x11 failed", "AP 0 write 0x20000000 = 0x7"]);
});

test("wire rule 2: an error that comes with the first operation of a packet is laid to the access before it, as one of two", async () => {
  const fixture = await openFixture();
  await fixture.memory.write(RAM, 32, 1, "the write before");
  fixture.simulator.injection.disturb("FAULT");
  const error = await failureOf(fixture.memory.read(RAM + 4, 32, "the read after"));
  expect(asFailure(error)?.fault).toMatchObject({
    certainty: "one-of",
    older: true,
    origins: [{ label: "the write before" }, { label: "the read after" }],
  });
});

test("wire rule 2: an error of before the first access is not its own: tolerated, it is cleared and the access runs", async () => {
  const fixture = await openFixture();
  fixture.simulator.injection.disturb("FAULT");
  const value = await fixture.access.ask(
    access({ fn: "Read32", args: [0xe000_ed00], tolerate: true }),
    statement(1),
  );
  expect(value).toBe(0x410fc241n);
  expect(fixture.tolerated()).toEqual([expect.stringContaining("met an error that was there before")]);
});

test("wire rule 2: a failed word in the middle of a block has its own address", async () => {
  const fixture = await openFixture();
  const end = RAM + 0x4_0000;
  const error = await failureOf(fixture.memory.writeWords(end - 40, new Uint32Array(20).fill(5)));
  expect(asFailure(error)?.fault).toMatchObject({ certainty: "certain", address: end });
  const read = await failureOf(fixture.memory.readWords(end - 200, 100));
  expect(asFailure(read)?.fault).toMatchObject({ certainty: "certain", address: end });
});

test("wire rule 2: a write to ABORT whose data came with bad parity is reported itself, not the write before it", async () => {
  const text = "sequence S { WriteAP(0x4, 0x20000000); WriteDP(0x0, 0x1E); Write32(0x20000000, 1); }";
  const told: string[] = [];
  for (let at = 0; at < 5; at++) {
    const fixture = await openFixture();
    await fixture.run("sequence R { __var v = Read32(0x20000000); }");
    fixture.simulator.injection.disturb("PARITY", at);
    const error = await failureOf(fixture.run(text));
    const { origins, ack } = (
      error.cause as { fault: { origins: readonly { label: string }[]; ack: string } }
    ).fault;
    told.push(`${ack}: ${origins.map(({ label }) => label).join(", ")}`);
  }
  expect(told).toEqual([
    "FAULT: WriteAP(0x4, 0x20000000)",
    // RDBUFF, which is read in front of it.
    "PARITY: WriteDP(0x0, 0x1E)",
    "FAULT: WriteDP(0x0, 0x1E)",
    "FAULT: Write32(0x20000000, 0x1)",
    "PARITY: Write32(0x20000000, 0x1)",
  ]);
});

test("wire rule 2: bad parity of a plain write to SELECT is reported, although a following ABORT would clear it", async () => {
  const fixture = await openFixture();
  await fixture.run("sequence R { __var v = Read32(0x20000000); }");
  fixture.simulator.injection.disturb("PARITY", 0);
  const error = await failureOf(
    fixture.run("sequence S { WriteDP(0x8, 0x2); WriteDP(0x0, 0x1E); Write32(0x20000000, 1); }"),
  );
  const { origins } = (error.cause as { fault: { origins: readonly { label: string }[] } }).fault;
  expect(origins.map(({ label }) => label)).toContain("WriteDP(0x8, 0x2)");
});

test("wire rule 2: a read of DPIDR confirms no write before it, in another exchange either", async () => {
  const fixture = await openFixture();
  await fixture.run("sequence R { __var v = Read32(0x20000000); }");
  fixture.simulator.injection.disturb("PARITY", 0);
  const error = await failureOf(
    fixture.run("sequence S { __var v = 0; WriteDP(0x8, 0x1); v = ReadDP(0x0); ReadDP(0x0); }"),
  );
  const { origins } = (error.cause as { fault: { origins: readonly { label: string }[] } }).fault;
  expect(origins.map(({ label }) => label)).toEqual(["WriteDP(0x8, 0x1)"]);
});

test("wire rule 2: bad parity of a write to ABORT is reported if only CTRL/STAT is read after it", async () => {
  const fixture = await openFixture();
  await fixture.run("sequence R { __var v = Read32(0x20000000); }");
  fixture.simulator.injection.disturb("PARITY", 0);
  const error = await failureOf(
    fixture.run("sequence S { __var v = 0; WriteDP(0x0, 0x1E); v = ReadDP(0x4); }"),
  );
  const { origins } = (error.cause as { fault: { origins: readonly { label: string }[] } }).fault;
  expect(origins.map(({ label }) => label)).toEqual(["WriteDP(0x0, 0x1E)"]);
});
