/** Lists of transfers that nobody would write down: any kind behind any other, with errors and disturbances among them. */
import { bytes, word, type FaultKind, type RawCase } from "./case.ts";
import {
  ABORT,
  CTRL_STAT,
  DPIDR,
  DRW,
  MASK,
  MATCH,
  NOWHERE,
  RAM,
  RDBUFF,
  READ,
  SELECT,
  TAR,
  transfer,
  write,
} from "./states.ts";

/** Numerical Recipes' generator: the same cases on every machine. */
function randomOf(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Values that RAM, CTRL/STAT or a mask of them often have, so that matches are met and missed. */
const LIKELY = [0, 1, 0xff, 0x0101_0101, 0x0202_0202, 0x55, 0xf000_0040, 0xf000_0000, 0x4000_0000];

function wish(random: (below: number) => number): readonly number[] {
  const likely = word(LIKELY[random(LIKELY.length)] ?? 0);
  const kinds: readonly (readonly number[])[] = [
    [DRW | READ],
    [DRW | READ],
    [CTRL_STAT | READ],
    [DPIDR],
    [RDBUFF],
    [TAR | READ],
    [DRW, ...likely],
    [DRW, ...likely],
    write(TAR, RAM + 4 * random(8)),
    write(TAR, NOWHERE),
    write(SELECT, 0),
    write(ABORT, 0x1e),
    [MASK, ...likely],
    [DRW | READ | MATCH, ...likely],
    [CTRL_STAT | READ | MATCH, ...likely],
    [RDBUFF | MATCH, ...likely],
  ];
  return kinds[random(kinds.length)] ?? [];
}

const FAULTS: readonly FaultKind[] = ["WAIT", "FAULT", "NO_ACK", "PARITY"];

/** `disturbed`: the probe takes faults. */
export function randomCase(seed: number, disturbed: boolean): RawCase {
  const random = randomOf(seed);
  const state = random(2) === 0 ? "swd" : "jtag";
  const list = (): Uint8Array => transfer(0, ...Array.from({ length: 1 + random(9) }, () => wish(random)));
  const retries = random(3);
  const kinds = state === "swd" ? FAULTS : FAULTS.filter((one) => one !== "PARITY");
  const kind = kinds[random(kinds.length)] ?? "WAIT";
  const isDisturbed = disturbed && random(3) === 0;
  return {
    command: "DAP_Transfer",
    about: `random ${seed}`,
    state,
    packets: [
      bytes(0x04, random(2), random(3), 0, retries, 0),
      list(),
      list(),
      transfer(0, [DPIDR], [CTRL_STAT | READ]),
    ],
    ...(isDisturbed ? { fault: { kind, skip: random(12), times: 1 + random(4) } } : {}),
  };
}
