/** HPROT and security of the accesses of a memory access port, from the API to CSW and to what the bus makes of it. */
import { afterEach, describe, expect, test } from "vitest";
import { MEM_AP, type Session } from "../../src/index.ts";
import { opened, watchedProbe, type WatchedProbe } from "./fixture.ts";

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

async function port(
  model: string,
): Promise<{ readonly ap: MEM_AP; readonly on: WatchedProbe; readonly session: Session }> {
  const on = watchedProbe({ model });
  const session = await opened(on);
  sessions.push(session);
  const ap = session.target.aps.get(0);
  if (!(ap instanceof MEM_AP)) throw new Error("AP 0 is a memory access port");
  return { ap, on, session };
}

const SECURE_RAM = 0x3000_0000;

describe("attributes of accesses", () => {
  test("HPROT stands in CSW, and stays there through accesses of other sizes", async () => {
    const { ap } = await port("generic-m4");
    const before = await ap.getAttributes();
    await ap.setAttributes({ hprot: 0x0b });
    await ap.write8(0x2000_0001, 0x55);
    expect(await ap.read32(0x2000_0000)).toBeTypeOf("number");
    expect(((await ap.readReg(0x00)) >>> 24) & 0x1f).toBe(0x0b);
    expect(await ap.getAttributes()).toEqual({ ...before, hprot: 0x0b });
  });

  test("non-secure accesses do not reach what is Secure; afterwards all is as before", async () => {
    const { ap, session } = await port("generic-m33");
    expect(await ap.getAttributes()).toEqual({ hprot: 0x03, nonSecure: false, secureAllowed: true });
    await session.target.write32(SECURE_RAM, 0x1234_5678);
    await expect(
      ap.withAttributes({ nonSecure: true }, () => session.target.read32(SECURE_RAM)),
    ).rejects.toThrow("read of 0x30000000 failed");
    expect(await ap.withAttributes({ nonSecure: true }, () => ap.read32(0x2000_0000))).toBeTypeOf("number");
    expect(await ap.read32(SECURE_RAM)).toBe(0x1234_5678);
  });

  test("an unknown attribute or value is refused", async () => {
    const { ap } = await port("generic-m33");
    const bad = expect.objectContaining({
      fault: expect.objectContaining({ kind: "bad-argument" }) as unknown,
    }) as object;
    await expect(ap.setAttributes({ hprot: 32 })).rejects.toEqual(bad);
    await expect(ap.setAttributes({ secure: true } as object)).rejects.toEqual(bad);
  });
});
