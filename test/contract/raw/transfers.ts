/** DAP_Transfer, DAP_TransferBlock and what belongs to them: each kind of transfer behind each other, and each at an error. */
import { bytes, half, ownWords, word, type RawCase, type State } from "./case.ts";
import {
  ABORT,
  AP,
  CTRL_STAT,
  DPIDR,
  DRW,
  MASK,
  MATCH,
  NOWHERE,
  RDBUFF,
  READ,
  SELECT,
  STAMP,
  TAR,
  transfer,
  write,
} from "./states.ts";

type Wish = readonly number[];

/** RAM holds 0x01010101 first, and each word is this more than the one before. */
export const KINDS: Readonly<Record<string, Wish>> = {
  "AP read": [DRW | READ],
  "DP read": [CTRL_STAT | READ],
  "RDBUFF read": [RDBUFF],
  "AP write": write(DRW, 0x1122_3344),
  "DP write": write(SELECT, 0),
  mask: write(MASK, 0x0000_00ff),
  "AP match": [DRW | READ | MATCH, ...word(0x0101_0101)],
  "AP mismatch": [DRW | READ | MATCH, ...word(0x7777_7777)],
  "DP match": [DPIDR | MATCH, ...word(0x7777_7777)],
};

const both: readonly State[] = ["swd", "jtag"];
const one = (command: string, about: string, packet: Uint8Array, state: State): RawCase => ({
  command,
  about,
  state,
  packets: [packet],
});

/** What a list of transfers did is seen in what the next one reads. */
const after = (packet: Uint8Array): readonly Uint8Array[] => [
  packet,
  transfer(0, [CTRL_STAT | READ]),
  transfer(0, [TAR | READ]),
];

const kinds = Object.entries(KINDS);
const pairs: readonly RawCase[] = both.flatMap((state) => [
  ...kinds.map(([name, wish]) => ({
    ...one("DAP_Transfer", name, bytes(), state),
    packets: after(transfer(0, wish)),
  })),
  ...kinds.flatMap(([first, one_]) =>
    kinds.map(([second, two]) => ({
      ...one("DAP_Transfer", `${first}, ${second}`, bytes(), state),
      packets: after(transfer(0, one_, two)),
    })),
  ),
]);

/** An access of nothing between two others: what was posted, what is counted, what never runs. */
const errors: readonly RawCase[] = both.flatMap((state) =>
  (["AP read", "AP write"] as const).flatMap((failing) =>
    kinds.flatMap(([before, first]) => [
      ...kinds.map(([behind, last]) => ({
        ...one("DAP_Transfer", `${before}, ${failing} of nothing, ${behind}`, bytes(), state),
        packets: after(transfer(0, first, write(TAR, NOWHERE), KINDS[failing] ?? [], last)),
      })),
    ]),
  ),
);

const faulted: readonly RawCase[] = (
  ["swd with an error", "jtag with an error", "swd after a line reset"] as const
).flatMap((state) =>
  kinds.map(([name, wish]) => ({
    ...one("DAP_Transfer", `${name}, ${state.slice(4)}`, bytes(), state),
    packets: [transfer(0, wish), transfer(0, wish, [DPIDR])],
  })),
);

const odd: readonly RawCase[] = (["off", ...both] as const).flatMap((state) => [
  one("DAP_Transfer", "none", transfer(0), state),
  one("DAP_Transfer", "TAP 1", transfer(1, [DPIDR]), state),
  one("DAP_Transfer", "TAP 255", transfer(0xff, [DPIDR], write(SELECT, 0)), state),
  one("DAP_Transfer", "a bit that has no meaning", transfer(0, [DPIDR | 0x40], [DRW | READ | 0x40]), state),
  one("DAP_Transfer", "a read with the mask's bit", transfer(0, [DRW | READ | MASK], [DPIDR]), state),
  one("DAP_Transfer", "a write with the match's bit", transfer(0, [DRW | MATCH, ...word(1)], [DPIDR]), state),
  one(
    "DAP_Transfer",
    "a mask for the AP, with a time",
    transfer(0, [AP | MASK | STAMP, ...word(0xff)], [DPIDR]),
    state,
  ),
  one(
    "DAP_Transfer",
    "a match with a time",
    transfer(0, [DRW | READ | MATCH | STAMP, ...word(0x0101_0101)], [DPIDR]),
    state,
  ),
  one("DAP_Transfer", "ABORT as a register", transfer(0, write(ABORT, 0x1e), [DPIDR]), state),
  one("DAP_Transfer", "eight AP reads", transfer(0, ...Array<Wish>(8).fill([DRW | READ])), state),
  one("DAP_Transfer", "eight AP writes", transfer(0, ...Array<Wish>(8).fill(write(DRW, 7))), state),
]);

/** A probe without a timer gives no times. */
function timed(cases: readonly RawCase[]): readonly RawCase[] {
  return cases.map((one) => ({ ...one, needs: "testDomainTimer" }));
}

/** Where the times stand; a time is each probe's own. */
const stamps: readonly RawCase[] = both.flatMap((state) =>
  timed([
    {
      ...one("DAP_Transfer", "a DP read with its time", transfer(0, [DPIDR | STAMP]), state),
      same: ownWords(3),
    },
    {
      ...one("DAP_Transfer", "an AP read with its time", transfer(0, [DRW | READ | STAMP]), state),
      same: ownWords(3),
    },
    {
      ...one(
        "DAP_Transfer",
        "AP reads, each with its time",
        transfer(0, ...Array<Wish>(3).fill([DRW | READ | STAMP])),
        state,
      ),
      same: ownWords(3, 11, 19),
    },
    {
      ...one(
        "DAP_Transfer",
        "a write with its time, and a read",
        transfer(0, [DRW | STAMP, 1, 2, 3, 4], [DPIDR]),
        state,
      ),
      same: ownWords(3),
    },
    {
      ...one(
        "DAP_Transfer",
        "AP read, DP read with its time",
        transfer(0, [DRW | READ], [DPIDR | STAMP]),
        state,
      ),
      same: ownWords(7),
    },
  ]),
);

const configured = (idle: number, wait: number, match: number): Uint8Array =>
  bytes(0x04, idle, half(wait), half(match));
const configure: readonly RawCase[] = (["off", ...both] as const).flatMap((state) => [
  one("DAP_TransferConfigure", "nothing", configured(0, 0, 0), state),
  one("DAP_TransferConfigure", "all at most", configured(0xff, 0xffff, 0xffff), state),
  {
    ...one("DAP_TransferConfigure", "idle cycles do not disturb", bytes(), state),
    packets: [configured(0xff, 5, 0), transfer(0, [DRW | READ], write(DRW, 5), [DPIDR])],
  },
  {
    ...one("DAP_TransferConfigure", "a match is tried so often", bytes(), state),
    packets: [configured(0, 5, 3), transfer(0, [DRW | READ | MATCH, ...word(0x0404_0404)], [TAR | READ])],
  },
  {
    ...one("DAP_TransferConfigure", "a match that is not tried so often", bytes(), state),
    packets: [
      configured(0, 5, 3),
      transfer(0, [DRW | READ | MATCH, ...word(0x0909_0909)], [TAR | READ]),
      transfer(0, [TAR | READ]),
    ],
  },
]);

const block = (index: number, count: number, request: number, data: Wish = []): Uint8Array =>
  bytes(0x06, index, half(count), request, data);
const words = (count: number): Wish => Array.from({ length: count }, (_, at) => word(0xa0 + at)).flat();

const blocks: readonly RawCase[] = (["off", ...both] as const).flatMap((state) => [
  ...[0, 1, 2, 10].flatMap((count) => [
    one("DAP_TransferBlock", `read ${count} words`, block(0, count, DRW | READ), state),
    {
      ...one("DAP_TransferBlock", `write ${count} words`, bytes(), state),
      packets: after(block(0, count, DRW, words(count))),
    },
    one("DAP_TransferBlock", `read a DP register ${count} times`, block(0, count, DPIDR), state),
    one(
      "DAP_TransferBlock",
      `write a DP register ${count} times`,
      block(0, count, SELECT, Array<number>(4 * count).fill(0)),
      state,
    ),
  ]),
  ...[1, 0xff].map((index) => one("DAP_TransferBlock", `TAP ${index}`, block(index, 2, DRW | READ), state)),
  {
    ...one("DAP_TransferBlock", "of nothing, read", bytes(), state),
    packets: after(transfer(0, write(TAR, NOWHERE)))
      .slice(0, 1)
      .concat(after(block(0, 4, DRW | READ))),
  },
  {
    ...one("DAP_TransferBlock", "of nothing, written", bytes(), state),
    packets: after(transfer(0, write(TAR, NOWHERE)))
      .slice(0, 1)
      .concat(after(block(0, 4, DRW, words(4)))),
  },
  {
    ...one("DAP_TransferBlock", "of nothing, one word written", bytes(), state),
    packets: after(transfer(0, write(TAR, NOWHERE)))
      .slice(0, 1)
      .concat(after(block(0, 1, DRW, words(1)))),
  },
]);
const brokenBlocks: readonly RawCase[] = (
  ["swd with an error", "jtag with an error", "swd after a line reset"] as const
).flatMap((state) => [
  one("DAP_TransferBlock", `read, ${state.slice(4)}`, block(0, 4, DRW | READ), state),
  one("DAP_TransferBlock", `written, ${state.slice(4)}`, block(0, 4, DRW, words(4)), state),
]);

const aborts: readonly RawCase[] = (
  ["off", ...both, "swd with an error", "jtag with an error", "swd after a line reset"] as const
).flatMap((state) =>
  [0, 1, 0xff].map((index) => ({
    ...one("DAP_WriteABORT", `TAP ${index}`, bytes(), state),
    packets: [bytes(0x08, index, word(0x1e)), transfer(0, [CTRL_STAT | READ])],
  })),
);

export const TRANSFERS: readonly RawCase[] = [
  ...pairs,
  ...errors,
  ...faulted,
  ...odd,
  ...stamps,
  ...configure,
  ...blocks,
  ...brokenBlocks,
  ...aborts,
];

/** For a list of transfers, a read and a written block: a fault of each kind at each of the transfers that they take. */
const LISTS: Readonly<Record<string, Uint8Array>> = {
  "AP read, DP write, AP write, DP read": transfer(0, [DRW | READ], write(SELECT, 0), write(DRW, 9), [
    CTRL_STAT | READ,
  ]),
  "AP reads": transfer(0, [DRW | READ], [DRW | READ], [DRW | READ]),
  "AP writes": transfer(0, write(DRW, 1), write(DRW, 2), write(DRW, 3)),
  "a match": transfer(0, [DRW | READ | MATCH, ...word(0x0202_0202)], [TAR | READ]),
  "a block read": block(0, 3, DRW | READ),
  "a block written": block(0, 3, DRW, words(3)),
};
const MOST_TRANSFERS = 6;

/** WAIT once, and once more than it is tried; the others once. JTAG has no parity. */
const PUT = [
  ["WAIT", 1],
  ["WAIT", 101],
  ["FAULT", 1],
  ["NO_ACK", 1],
  ["PARITY", 1],
] as const;

export const DISTURBED: readonly RawCase[] = both.flatMap((state) =>
  Object.entries(LISTS).flatMap(([name, packet]) =>
    PUT.filter(([kind]) => state === "swd" || kind !== "PARITY").flatMap(([kind, times]) =>
      Array.from({ length: MOST_TRANSFERS }, (_, skip) => ({
        command: packet[0] === 6 ? "DAP_TransferBlock" : "DAP_Transfer",
        about: `${name}: ${kind} ${times === 1 ? "" : "for good "}at transfer ${skip}`,
        state,
        packets: [packet, transfer(0, [DPIDR]), transfer(0, [CTRL_STAT | READ])],
        fault: { kind, skip, times },
      })),
    ),
  ),
);
