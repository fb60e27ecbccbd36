/** Commands that move the lines: pins, clock, sequences of both protocols. */
import { bytes, word, type RawCase, type State } from "./case.ts";
import { lineReset } from "./states.ts";

const one = (command: string, about: string, packet: Uint8Array, state: State): RawCase => ({
  command,
  about,
  state,
  packets: [packet],
});

const PINS = {
  SWCLK: 0x01,
  SWDIO: 0x02,
  TDI: 0x04,
  TDO: 0x08,
  "bit 4": 0x10,
  nTRST: 0x20,
  "bit 6": 0x40,
  nRESET: 0x80,
};
const STATES: readonly State[] = ["off", "swd", "jtag"];
const pins = (output: number, select: number, waitUs: number): Uint8Array =>
  bytes(0x10, output, select, word(waitUs));

const allPins: readonly RawCase[] = STATES.flatMap((state) => [
  one("DAP_SWJ_Pins", "read", pins(0, 0, 0), state),
  one("DAP_SWJ_Pins", "nothing selected, all in the output", pins(0xff, 0, 0), state),
  one("DAP_SWJ_Pins", "nothing selected, with a wait", pins(0, 0, 1000), state),
  ...Object.entries(PINS).flatMap(([name, bit]) => [
    one("DAP_SWJ_Pins", `${name} low`, pins(0, bit, 0), state),
    one("DAP_SWJ_Pins", `${name} high`, pins(bit, bit, 0), state),
    one("DAP_SWJ_Pins", `${name} low, waited for`, pins(0, bit, 500), state),
    one("DAP_SWJ_Pins", `${name} high, waited for`, pins(bit, bit, 500), state),
  ]),
  one("DAP_SWJ_Pins", "several at once", pins(0xa0, 0xa2, 0), state),
  one("DAP_SWJ_Pins", "several, with a wait that never ends early", pins(0xa0, 0xa0, 500), state),
  {
    ...one("DAP_SWJ_Pins", "nRESET low, then read, then high", pins(0, 0, 0), state),
    packets: [pins(0, 0x80, 0), pins(0, 0, 0), pins(0x80, 0x80, 500), pins(0, 0, 0)],
  },
]);

const clock: readonly RawCase[] = [0, 1, 1000, 1_000_000, 10_000_000, 0xffff_ffff].map((hz) => ({
  ...one("DAP_SWJ_Clock", `${hz} Hz`, bytes(0x11, word(hz)), "swd"),
}));

const ones = (count: number): Uint8Array => new Uint8Array((count + 7) >> 3).fill(0xff);
const sequences: readonly RawCase[] = STATES.flatMap((state) =>
  [1, 7, 8, 9, 51, 255, 0].map((count) =>
    one(
      "DAP_SWJ_Sequence",
      `${count === 0 ? 256 : count} ones`,
      bytes(0x12, count, ones(count || 256)),
      state,
    ),
  ),
);

const configure: readonly RawCase[] = [0, 1, 3, 4, 7, 0xf8, 0xff].map((value) =>
  one("DAP_SWD_Configure", `value ${value}`, bytes(0x13, value), "swd"),
);

const OUT = (count: number, ...data: readonly number[]): readonly number[] => [count & 0x3f, ...data];
const IN = (count: number): readonly number[] => [0x80 | (count & 0x3f)];
const swd = (...parts: readonly (readonly number[])[]): Uint8Array => bytes(0x1d, parts.length, ...parts);
const READ_DPIDR = [OUT(8, 0xa5), IN(5), IN(33), OUT(2, 0)];

const swdSequences: readonly RawCase[] = [
  ...STATES.flatMap((state) => [
    one("DAP_SWD_Sequence", "none", swd(), state),
    one("DAP_SWD_Sequence", "out, 8 bits", swd(OUT(8, 0)), state),
    one("DAP_SWD_Sequence", "out, 64 bits", swd(OUT(64, 0, 0, 0, 0, 0, 0, 0, 0)), state),
    one("DAP_SWD_Sequence", "in, 1 bit", swd(IN(1)), state),
    one("DAP_SWD_Sequence", "in, 64 bits", swd(IN(64)), state),
    one("DAP_SWD_Sequence", "out, in, out, in", swd(OUT(3, 0), IN(9), OUT(12, 0, 0), IN(7)), state),
    one("DAP_SWD_Sequence", "a bit that has no meaning", swd([0x40 | 8, 0], [0xc0 | 8]), state),
  ]),
  one("DAP_SWD_Sequence", "a whole read of DPIDR", swd(...READ_DPIDR), "swd"),
  one(
    "DAP_SWD_Sequence",
    "a write whose acknowledge nobody gives",
    swd(OUT(8, 0x99), IN(5), OUT(33, 0, 0, 0, 0, 0)),
    "swd",
  ),
  {
    ...one("DAP_SWD_Sequence", "after a line reset", swd(...READ_DPIDR), "swd"),
    packets: [lineReset, bytes(0x12, 8, 0), swd(...READ_DPIDR)],
  },
];

const TMS = 0x40;
const TDO = 0x80;
const jtag = (...parts: readonly (readonly number[])[]): Uint8Array => bytes(0x14, parts.length, ...parts);
const zeros = (count: number): readonly number[] => Array<number>((count + 7) >> 3).fill(0);
const shift = (flags: number, count: number, data = zeros(count)): readonly number[] => [
  flags | (count & 0x3f),
  ...data,
];
/** Test-Logic-Reset, Run-Test/Idle, Shift-DR, 32 bits, back. */
const IDCODE = [
  shift(TMS, 6),
  shift(0, 1),
  shift(TMS, 1),
  shift(0, 2),
  shift(TDO, 31),
  shift(TDO | TMS, 1),
  shift(TMS, 1),
  shift(0, 1),
];

const jtagSequences: readonly RawCase[] = [
  ...STATES.flatMap((state) => [
    one("DAP_JTAG_Sequence", "none", jtag(), state),
    one("DAP_JTAG_Sequence", "1 bit", jtag(shift(0, 1)), state),
    one("DAP_JTAG_Sequence", "64 bits, captured", jtag(shift(TDO, 64)), state),
    one(
      "DAP_JTAG_Sequence",
      "9 bits captured, 3 not, 8 captured",
      jtag(shift(TDO, 9), shift(0, 3), shift(TDO, 8)),
      state,
    ),
  ]),
  one("DAP_JTAG_Sequence", "IDCODE by hand", jtag(...IDCODE), "jtag"),
  one(
    "DAP_JTAG_Sequence",
    "what is shifted in comes out behind the TAP",
    jtag(
      ...IDCODE.slice(0, 4),
      shift(TDO, 64, [1, 2, 3, 4, 5, 6, 7, 8]),
      shift(TDO | TMS, 1),
      shift(TMS, 1),
      shift(0, 1),
    ),
    "jtag",
  ),
];

const chain: readonly RawCase[] = STATES.flatMap((state) => [
  one("DAP_JTAG_Configure", "no TAP", bytes(0x15, 0), state),
  one("DAP_JTAG_Configure", "one", bytes(0x15, 1, 4), state),
  one("DAP_JTAG_Configure", "eight", bytes(0x15, 8, 4, 5, 6, 7, 8, 4, 4, 4), state),
  ...[0, 1, 0xff].map((index) => one("DAP_JTAG_IDCODE", `TAP ${index}`, bytes(0x16, index), state)),
  {
    ...one("DAP_JTAG_IDCODE", "no TAP is there", bytes(0x16, 0), state),
    packets: [bytes(0x15, 0), bytes(0x16, 0)],
  },
]);

export const LINES: readonly RawCase[] = [
  ...allPins,
  ...clock,
  ...sequences,
  ...configure,
  ...swdSequences,
  ...jtagSequences,
  ...chain,
];
