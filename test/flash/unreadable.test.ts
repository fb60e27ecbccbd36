/** Flash that refuses reads of what was never programmed, as controllers with error correction do: no CRC of ours ends in it. */
import { expect, test } from "vitest";
import { readFlm } from "../../src/flash/algorithm/flm.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import { Source } from "../../src/lib/source.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { defineModel, type Model } from "../../src/sim.ts";
import { madeFlm } from "./made-flm.ts";
import { noise } from "./support.ts";

const FLASH = 0x1_0000;
const SECTOR = 0x1000;

const YAML = `
model: ecc
about: an invented Cortex-M4 whose flash is no plain memory
sources: ["invented for this test"]
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003 }]
processors: [{ name: cm4, type: Cortex-M4, vectors: 0x00000000 }]
memories:
  - { name: rom, start: 0, size: 0x1000, access: rx, content: [{ at: 0, words: [0x20001000, 0x00000101] }] }
  - { name: ram, start: 0x20000000, size: 0x4000, access: rwx }
`;

function eccModel(words: Map<number, number>): Model {
  return defineModel({
    extends: new Source("ecc.yaml", YAML),
    build(soc) {
      soc.map(
        { name: "flash", start: FLASH, size: 2 * SECTOR },
        {
          read: (offset, size) => {
            const word = words.get(offset & ~3);
            return word === undefined ? "error" : (word >>> (8 * (offset & 3))) & (2 ** (8 * size) - 1);
          },
          write: (offset, size, value) => {
            if (size !== 4) return "error";
            words.set(offset, value);
            return undefined;
          },
        },
      );
    },
  });
}

/** ProgramPage: ldmia r2!, {r3}; stmia r0!, {r3}; subs r1, #4; bne; the others do nothing, for the test erases. */
function algorithm(): Uint8Array {
  const halves = [0x2000, 0x4770, 0xca08, 0xc008, 0x3904, 0xd1fb, 0x2000, 0x4770];
  const code = new Uint8Array(new Uint16Array(halves).buffer);
  const functions = { Init: 0, UnInit: 0, EraseSector: 0, ProgramPage: 4 };
  const sectors = [[SECTOR, 0]] as const;
  return madeFlm({ code, functions, address: FLASH, size: 2 * SECTOR, pageSize: 0x100, sectors });
}

test("unreadable flash is erased and programmed; programmed content is proved and found again", async () => {
  const words = new Map<number, number>();
  const { pipe, clock } = openSimulator({ model: eccModel(words) });
  const context = new DeviceContext({});
  const session = await openSessionOver(
    { pipe, clock },
    { context, layers: [], operator: scriptedOperator([]) },
  );
  await session.during(async () => {
    const ram = { start: 0x2000_0000, size: 0x4000 };
    const flashes = await session.openFlashes([
      { kind: "algorithm", algorithm: readFlm("ecc.FLM", algorithm()), ram },
    ]);
    const image = new FlashImage();
    image.add(FLASH, noise(SECTOR), "noise");
    image.add(FLASH + SECTOR, noise(0x100), "more");
    const outcome = async (): Promise<readonly unknown[]> => {
      const { complete, sectors } = await new Loader(flashes, image).commit();
      return [complete, ...sectors.map(({ erase, skipped, verified }) => [erase, skipped, verified])];
    };
    expect(await outcome()).toEqual([true, ["erased", false, "crc"], ["erased", false, "crc"]]);
    for (let at = SECTOR; at < 2 * SECTOR; at += 4) if (!words.has(at)) words.set(at, 0);
    expect(await outcome()).toEqual([true, ["no", true, "crc"], ["no", true, "crc"]]);
  });
});
