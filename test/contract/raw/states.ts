/** Requests that bring a probe and its target into the state that a case wants. */
import { bytes, half, word, type State } from "./case.ts";

/** Words of RAM that the cases may write. */
export const RAM = Number(process.env["DBGSEQ_TEST_RAM"] ?? 0x2000_0000);
/** An access there is a bus error. */
export const NOWHERE = Number(process.env["DBGSEQ_TEST_NOWHERE"] ?? 0x6000_0000);
export const WORDS = 12;

/** Bits of a transfer request. */
export const AP = 0x01;
export const READ = 0x02;
export const MATCH = 0x10;
export const MASK = 0x20;
export const STAMP = 0x80;
/** Registers, as A[3:2] of a transfer request. */
export const DPIDR = READ;
export const ABORT = 0x00;
export const CTRL_STAT = 0x04;
export const SELECT = 0x08;
export const RDBUFF = 0x0c | READ;
export const CSW = AP;
export const TAR = AP | 0x04;
export const DRW = AP | 0x0c;

const WORDS_COUNTED = 0x2300_0012;
const POWER = 0x5000_0000;
const STICKY_JTAG = 0x32;
const CLEAR_STICKY = 0x1e;
const ONES = new Uint8Array(7).fill(0xff);

export const lineReset = bytes(0x12, 56, ONES);
const idle = bytes(0x12, 8, 0);
const jtagToSwd = bytes(0x12, 16, 0x9e, 0xe7);
const swdToJtag = bytes(0x12, 16, 0x3c, 0xe7);

export function transfer(index: number, ...requests: readonly (readonly number[])[]): Uint8Array {
  return bytes(0x05, index, requests.length, ...requests);
}

export function write(register: number, value: number): readonly number[] {
  return [register, ...word(value)];
}

/** No retries after WAIT would make a real target's short waits a difference. */
const settings = bytes(0x04, 0, ...half(100), ...half(0));
const pattern = bytes(
  ...Array.from({ length: WORDS }, (_, at) => word(Math.imul(at + 1, 0x0101_0101) >>> 0)),
);
const common = [
  transfer(0, write(MASK, 0xffff_ffff), write(CSW, WORDS_COUNTED), write(TAR, RAM)),
  bytes(0x06, 0, half(WORDS), DRW, pattern),
  // What lists of transfers reach behind it.
  bytes(0x06, 0, half(WORDS), DRW, pattern),
  transfer(0, write(TAR, RAM)),
];
const powered = bytes(0x09, half(1000));

const SWD = [
  bytes(0x02, 1),
  bytes(0x11, word(1_000_000)),
  settings,
  bytes(0x13, 0),
  lineReset,
  jtagToSwd,
  lineReset,
  idle,
  transfer(0, [DPIDR], write(ABORT, CLEAR_STICKY), write(SELECT, 0), write(CTRL_STAT, POWER)),
  powered,
  ...common,
];
const JTAG = [
  bytes(0x02, 2),
  bytes(0x11, word(1_000_000)),
  settings,
  bytes(0x15, 1, 4),
  lineReset,
  swdToJtag,
  lineReset,
  idle,
  transfer(0, write(SELECT, 0), write(CTRL_STAT, POWER | STICKY_JTAG), [DPIDR]),
  powered,
  ...common,
];
const error = [transfer(0, write(TAR, NOWHERE), write(DRW, 1)), transfer(0, [CTRL_STAT | READ])];

export const STATES: Readonly<Record<State, readonly Uint8Array[]>> = {
  off: [bytes(0x03)],
  swd: SWD,
  jtag: JTAG,
  "swd with an error": [...SWD, ...error],
  "jtag with an error": [...JTAG, ...error],
  "swd after a line reset": [...SWD, lineReset, idle],
};
