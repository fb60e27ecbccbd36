/** How fast the Thumb core runs, beside rp2040js on the same Armv6-M loop where that package is installed. */
import { ThumbCore } from "../../src/simulator/thumb/core.ts";
import { PROFILES } from "../../src/simulator/thumb/profile.ts";
import { SilentBus } from "../support/thumb-bus.ts";

/** A bitwise CRC-32 over a buffer that it rewrites, for ever: byte loads and stores, shifts, short branches. */
const LOOP = [
  0x2100, // movs r1, #0
  0x5c43, // ldrb r3, [r0, r1]
  0x405a, // eors r2, r3
  0x2408, // movs r4, #8
  0x0852, // lsrs r2, r2, #1
  0xd300, // bcc  +0
  0x406a, // eors r2, r5
  0x3c01, // subs r4, #1
  0xd1fa, // bne  lsrs
  0x547a, // strb r2, [r7, r1]
  0x3101, // adds r1, #1
  0x42b1, // cmp  r1, r6
  0xd1f3, // bne  ldrb
  0xe7f1, // b    movs
];

const RAM = 0x2000_0000;
const BUFFER = RAM + 0x1000;
const START: readonly (readonly [number, number])[] = [[0, BUFFER], [2, -1], [5, 0xedb8_8320], [6, 256], [7, BUFFER]]; // prettier-ignore

export interface ThumbRate {
  readonly name: string;
  readonly instructions: number;
  readonly seconds: number;
}

/** One entry for our core, one for rp2040js where it can be imported; each after a round to warm up. */
export async function thumbRates(instructions = 20_000_000): Promise<readonly ThumbRate[]> {
  const rates = [timed("dbgseq", instructions, ours())];
  const peer = await theirs();
  if (peer !== undefined) rates.push(timed("rp2040js", instructions, peer));
  return rates;
}

function timed(name: string, instructions: number, run: (count: number) => void): ThumbRate {
  run(instructions);
  const startMs = performance.now();
  run(instructions);
  return { name, instructions, seconds: (performance.now() - startMs) / 1000 };
}

function ours(): (count: number) => void {
  const bytes = new Uint8Array(0x2000);
  const view = new DataView(bytes.buffer);
  LOOP.forEach((half, index) => {
    view.setUint16(2 * index, half, true);
  });
  const memory = { base: RAM, bytes, writable: true };
  const core = new ThumbCore(PROFILES["Cortex-M0+"], new SilentBus(), [memory]);
  for (const [register, value] of START) core.setRegister(register, value);
  core.setRegister(15, RAM);
  return (count) => {
    core.step(count);
  };
}

/** The part of rp2040js 1.4 that is used here. */
interface Peer {
  readonly sramView: DataView;
  readonly core: { readonly registers: Uint32Array; PC: number; executeInstruction(): number };
}

async function theirs(): Promise<((count: number) => void) | undefined> {
  // Not a dependency: the name is kept from bundlers and from the compiler.
  const name = "rp2040js";
  let chip: Peer;
  try {
    const { RP2040 } = (await import(name)) as { readonly RP2040: new () => Peer };
    chip = new RP2040();
  } catch {
    return undefined;
  }
  LOOP.forEach((half, index) => {
    chip.sramView.setUint16(2 * index, half, true);
  });
  const { core } = chip;
  for (const [register, value] of START) core.registers[register] = value;
  core.PC = RAM;
  return (count) => {
    for (let i = 0; i < count; i++) core.executeInstruction();
  };
}
