/** An invented flash whose pages go through one register of 16 bits: erased bits are 0, and every bank has its own number. */
import { Source } from "../../src/lib/source.ts";
import { defineModel, wordDevice, type Model } from "../../src/sim.ts";

const YAML = `
model: ex62f
about: an invented Cortex-M4 with a flash behind a register
sources: ["invented for this test"]
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003 }]
processors: [{ name: cm4, type: Cortex-M4, vectors: 0x00008000 }]
memories:
  - { name: flash, start: 0x8000, size: 0x1000, access: rx, content: [{ at: 0, words: [0x20001000, 0x00008041] }] }
  - { name: ram, start: 0x20000000, size: 0x1000, access: rwx }
`;
const BANKS = [
  { end: 0x80, bank: 7, block: 64 },
  { end: 0x100, bank: 8, block: 128 },
  { end: 0x200, bank: 0, block: 0 },
  { end: 0x280, bank: 9, block: 32 },
] as const;

/** `seen` gets each program command: its address and the halfwords of the register, as text. `ram`: where the chip has its RAM. */
export function fifoModel(seen: string[], broken = false, ram = 0x2000_0000): Model {
  return defineModel({
    extends: new Source("ex62f.yaml", YAML.replace("start: 0x20000000", `start: ${ram}`)),
    build(soc) {
      const flash = soc.memory("flash");
      const fifo: number[] = [];
      let address = 0;
      let bank = 0;
      let failed = false;
      const command = (code: number): void => {
        const offset = address - 0x8000;
        const here = BANKS.find(({ end }) => offset < end);
        failed = broken || here?.bank !== bank || bank === 0;
        if (code === 2) {
          seen.push(
            `${address.toString(16)} ${fifo.map((half) => half.toString(16).padStart(4, "0")).join(" ")}`,
          );
          // What stands behind the block is not programmed.
          const room = here === undefined ? 0 : here.block - (offset % here.block);
          if (!failed)
            for (const [index, half] of fifo.entries())
              if (2 * index < room)
                flash.put(offset + 2 * index, 2, flash.read(offset + 2 * index, 2) | half);
          fifo.length = 0;
        } else if (!failed && here !== undefined) flash.fill(offset - (offset % here.block), here.block, 0);
      };
      soc.map(
        { name: "controller", start: 0x4000_1000, size: 0x1000 },
        {
          ...wordDevice({
            read: (offset) => (offset === 0x0c && failed ? 2 : 0),
            write: () => undefined,
          }),
          write(offset, size, value) {
            if (offset === 0x08 && size === 2) fifo.push(value);
            else if (offset === 0x00) address = value;
            else if (offset === 0x04) command(value);
            else if (offset === 0x10) bank = value;
            else return "error";
            return undefined;
          },
        },
      );
    },
  });
}
