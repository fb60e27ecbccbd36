/** Flash algorithms that lie: copies of honest ones, with functions that say success and do something else, or nothing. */
import { readFlm, type AlgorithmFunction, type FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { madeFlm } from "./made-flm.ts";

export type Lie =
  | "does nothing"
  | "says yes"
  | "says blank"
  | "says no"
  | "does half"
  | "does it one sector further"
  | "changes one bit"
  | "does it twice as far";

/** Thumb code; `jump` is a branch from an offset of the stub to the honest function. */
const STUBS: Readonly<Record<Lie, (jump: (from: number) => number) => readonly number[]>> = {
  // movs r0, #0; bx lr
  "does nothing": () => [0x2000, 0x4770],
  // adds r0, r0, r1; bx lr: the end of the range, as Verify says that all is the same
  "says yes": () => [0x1840, 0x4770],
  "says blank": () => [0x2000, 0x4770],
  // movs r0, #1; bx lr
  "says no": () => [0x2001, 0x4770],
  // lsrs r1, r1, #1; b
  "does half": (jump) => [0x0849, jump(2)],
  // movs r3, #1; lsls r3, r3, #14; adds r0, r0, r3; b
  "does it one sector further": (jump) => [0x2301, 0x039b, 0x18c0, jump(6)],
  // ldr r3, [r2, #8]; lsrs r3, r3, #1; str r3, [r2, #8]; b: in the page buffer
  "changes one bit": (jump) => [0x6893, 0x085b, 0x6093, jump(6)],
  // lsls r1, r1, #1; b
  "does it twice as far": (jump) => [0x0049, jump(2)],
};

const STUB_BYTES = 8;

export function lyingAlgorithm(
  honest: FlashAlgorithm,
  lies: Partial<Readonly<Record<AlgorithmFunction, Lie>>>,
): FlashAlgorithm {
  const told = Object.entries(lies) as readonly (readonly [AlgorithmFunction, Lie])[];
  const image = new Uint8Array(honest.image.length + STUB_BYTES * told.length);
  image.set(honest.image);
  const view = new DataView(image.buffer);
  const functions = new Map(honest.functions);
  for (const [index, [fn, lie]] of told.entries()) {
    const start = honest.image.length + STUB_BYTES * index;
    const target = honest.functions.get(fn) ?? 0;
    // B (encoding T2) counts halfwords from four bytes behind itself.
    const jump = (from: number): number => 0xe000 | (((target - (start + from + 4)) >> 1) & 0x7ff);
    for (const [at, half] of STUBS[lie](jump).entries()) view.setUint16(start + 2 * at, half, true);
    functions.set(fn, start);
  }
  return { ...honest, image, functions };
}

/** The file of one that has no data of its own. */
export function lyingFile(
  honest: Uint8Array,
  lies: Partial<Readonly<Record<AlgorithmFunction, Lie>>>,
  { type = 1 }: { readonly type?: number } = {},
): Uint8Array {
  const { image, functions, device } = lyingAlgorithm(readFlm("honest.FLM", honest), lies);
  const { name, address, size, pageSize, erased, sectors } = device;
  return madeFlm({
    code: image,
    functions: Object.fromEntries(functions),
    ...{ name, type, address, size, pageSize, erased },
    sectors: sectors.map((group) => [group.size, group.start]),
  });
}
