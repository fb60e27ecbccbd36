/** Our Thumb interpreter and Unicorn run the same random instructions: registers, flags, memory and faults must agree. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Decoder } from "../../src/simulator/thumb/decoder.ts";
import type { Encoding } from "../../src/simulator/thumb/encoding.ts";
import type { ThumbProfile } from "../../src/simulator/thumb/port.ts";
import { isMainline, isV8, PROFILES } from "../../src/simulator/thumb/profile.ts";
import { CODE, CODE_SIZE, codeImage, Draw, drawFlags, drawInstruction, drawRegisters, RAM, RAM_SIZE, type Instruction } from "./thumb-cases.ts"; // prettier-ignore
import { ANSWER_WORDS, differences, lasts } from "./thumb-difference.ts";
import { existsInSmall, notCompared, unpredictable, type Standing } from "./thumb-left-out.ts";
import { Machine, type Came, type Given } from "./thumb-machine.ts";
import { findUnicorn, Oracle } from "./unicorn.ts";
import { unicornIsWrong, type Difference } from "./unicorn-errors.ts";

const found = findUnicorn();
const why = typeof found === "string" ? found : undefined;

const SEED = Number(process.env["THUMB_SEED"] ?? 1);
/** A quarter of this many cases are pieces of several instructions. */
const CASES = Number(process.env["THUMB_CASES"] ?? 1_350_000);

interface Peer {
  readonly ours: keyof typeof PROFILES;
  readonly theirs: string;
  readonly share: number;
  /** Theirs has more instructions than ours. */
  readonly richer?: boolean;
}

/**
 * Unicorn's Cortex-M0 runs all of Thumb-2, and it has no Armv8-M baseline: of these two, what ours runs must run alike, and
 * that ours runs nothing more is held by a list.
 */
const PEERS: readonly Peer[] = [
  { ours: "Cortex-M0", theirs: "Cortex-M0", share: 0.2, richer: true },
  { ours: "Cortex-M3", theirs: "Cortex-M3", share: 0.15 },
  { ours: "Cortex-M4", theirs: "Cortex-M4", share: 0.3 },
  { ours: "Cortex-M23", theirs: "Cortex-M33", share: 0.15, richer: true },
  { ours: "Cortex-M33", theirs: "Cortex-M33", share: 0.2 },
];

/** Flags of a case, as thumb-unicorn.py has them. */
const LASTING = 1;
const ELSEWHERE = 2;

interface Piece {
  readonly instructions: readonly Instruction[];
  readonly given: Given;
  readonly came: Came;
  /** The address behind it. */
  readonly end: number;
}

class Comparison {
  compared = 0;
  leftOut = 0;
  readonly differences = new Map<string, { count: number; example: string }>();
  readonly excused = new Map<string, number>();

  differs(what: string, example: string): void {
    const known = this.differences.get(what);
    this.differences.set(what, { count: (known?.count ?? 0) + 1, example: known?.example ?? example });
  }

  excuse(what: string): void {
    this.excused.set(what, (this.excused.get(what) ?? 0) + 1);
  }
}

const text = (value: number | string): string => (typeof value === "number" ? hex(value) : value);
const hex = (value: number): string => (value >>> 0).toString(16);

class Pair {
  readonly #peer: Peer;
  readonly #oracle: Oracle;
  readonly #draw: Draw;
  readonly #profile: ThumbProfile;
  readonly #table: readonly Encoding[];
  readonly #decoder: Decoder;
  readonly result = new Comparison();

  constructor(peer: Peer, oracle: Oracle, seed: number) {
    this.#peer = peer;
    this.#oracle = oracle;
    this.#draw = new Draw(seed);
    // How many bits of a priority there are is each implementation's choice; Unicorn's have all.
    this.#profile = { ...PROFILES[peer.ours], priorityBits: 8 };
    this.#decoder = new Decoder(this.#profile);
    this.#table = this.#decoder.lines;
  }

  async compare(cases: number, longest: number): Promise<void> {
    const slotSize = longest === 1 ? 8 : 32;
    for (let done = 0; done < cases; done += CODE_SIZE / slotSize)
      await this.#batch(Math.min(cases - done, CODE_SIZE / slotSize), longest, slotSize);
  }

  async #batch(count: number, longest: number, slotSize: number): Promise<void> {
    const drawn = Array.from({ length: count }, () => this.#piece(longest));
    const code = codeImage(drawn, slotSize);
    const ram = this.#draw.bytes(RAM_SIZE);
    const behindBus = this.#draw.below(2) === 0;
    const machine = new Machine(this.#profile, code, ram, behindBus);
    const pieces: Piece[] = [];
    drawn.forEach((instructions, slot) => {
      const address = CODE + slot * slotSize;
      const xpsr = drawFlags(this.#draw, { mainline: isMainline(this.#profile), dsp: this.#profile.dsp });
      const given = { address, registers: drawRegisters(this.#draw), xpsr };
      let end = address;
      const next = instructions.map(({ wide }) => (end += wide ? 4 : 2));
      const executed = longest === 1 ? 1 : machine.length(given, next);
      const came = machine.run(given, executed);
      const piece = { instructions: instructions.slice(0, executed), given, came, end };
      if (this.#comparable(piece)) pieces.push(piece);
    });
    await this.#judge(pieces, code, ram);
  }

  /** One instruction, or several of which the first may be IT. */
  #piece(longest: number): readonly Instruction[] {
    if (longest === 1) return [drawInstruction(this.#draw, this.#table)];
    const length = 2 + this.#draw.below(longest - 1);
    const piece = Array.from({ length }, () => drawInstruction(this.#draw, this.#table));
    if (isMainline(this.#profile) && this.#draw.below(2) === 0)
      piece[0] = { opcode: 0xbf00 | this.#draw.below(256), wide: false };
    return piece;
  }

  #standing(it: number): Standing {
    const profile = this.#profile;
    const mainline = isMainline(profile);
    return { inIt: it !== 0, lastInIt: (it & 15) === 8, dsp: profile.dsp, mainline, v8: isV8(profile) };
  }

  /** Also holds what our side refuses against what the manuals leave open. */
  #comparable({ instructions, given, came, end }: Piece): boolean {
    const { result } = this;
    let it = 0;
    let address = given.address;
    for (const { opcode, wide } of instructions) {
      const standing = this.#standing(it);
      const exists = this.#peer.richer !== true || existsInSmall(opcode, wide, standing);
      const failedHere =
        came.pc === address && (came.fault === "undefined" || came.fault === "unpredictable");
      const open = unpredictable(opcode, wide, standing);
      if (notCompared(opcode, wide, standing) !== undefined) return this.#leaveOut();
      if (!exists && !failedHere)
        result.differs(`runs what the variant does not have: ${this.#name(opcode, wide)}`, hex(opcode));
      if (!exists) return this.#leaveOut();
      if (open !== undefined) {
        const skipped = it !== 0 && (came.pc !== address || came.fault === "none");
        if (!failedHere && !skipped && came.fault !== "coprocessor")
          result.differs(`runs what is UNPREDICTABLE: ${open}`, `${hex(opcode)} ${this.#name(opcode, wide)}`);
        return this.#leaveOut();
      }
      if (failedHere && came.fault === "unpredictable") {
        result.differs(`refused as UNPREDICTABLE: ${this.#name(opcode, wide)}`, hex(opcode));
        return this.#leaveOut();
      }
      if (came.pc === address && came.fault !== "none") break;
      it = !wide && (opcode & 0xff0f) !== 0xbf00 && opcode >>> 8 === 0xbf ? opcode & 0xff : advance(it);
      address += wide ? 4 : 2;
    }
    if (came.fault === "none" && came.pc >= given.address && came.pc < end) return this.#leaveOut();
    if (came.fault === "coprocessor") return this.#leaveOut();
    return true;
  }

  #leaveOut(): false {
    this.result.leftOut++;
    return false;
  }

  #name(opcode: number, wide: boolean): string {
    return this.#decoder.find(opcode | 0, wide)?.name ?? "nothing known";
  }

  async #judge(pieces: readonly Piece[], code: Uint8Array, ram: Uint8Array): Promise<void> {
    const words = Uint32Array.from(
      pieces.flatMap(({ given, came, instructions, end }) => [
        given.address,
        came.fault === "none" ? came.pc : end,
        (instructions.some(lasts) || came.fault !== "none" ? LASTING : 0) |
          (came.fault === "none" && came.pc !== end ? ELSEWHERE : 0),
        given.xpsr,
        ...given.registers,
      ]),
    );
    const regions = { code: { base: CODE, size: code.length }, ram: { base: RAM, size: ram.length } };
    const request = { work: "cases", model: this.#peer.theirs, ...regions };
    const answer = await this.#oracle.ask(request, code, ram, new Uint8Array(words.buffer));
    expect(answer).toHaveLength(pieces.length * ANSWER_WORDS);
    pieces.forEach((piece, index) => {
      this.#hold(piece, answer.subarray(index * ANSWER_WORDS, (index + 1) * ANSWER_WORDS));
    });
  }

  #hold(piece: Piece, theirs: Uint32Array): void {
    const { result } = this;
    const { came, instructions } = piece;
    const what = differences(came, theirs, instructions);
    if (what.length === 0) {
      result.compared += instructions.length;
      return;
    }
    const excuse = unicornIsWrong({
      instructions,
      came,
      differences: what,
      small: this.#peer.richer === true,
    });
    if (excuse !== undefined) {
      result.excuse(excuse);
      return;
    }
    const names = instructions.map(({ opcode, wide }) => this.#name(opcode, wide));
    const last = names.length === 1 ? names.join() : "several";
    result.differs(`${last}: ${what.map(([kind]) => kind).join(", ")}`, this.#described(piece, what, names));
  }

  #described(
    { given, instructions, came }: Piece,
    what: readonly Difference[],
    names: readonly string[],
  ): string {
    const registers = Array.from(given.registers, (value, at) => `r${at}=${hex(value)}`).join(" ");
    const said = what.map(([kind, ours, theirs]) => `${kind} ${text(ours)} / ${text(theirs)}`).join("; ");
    const code = instructions.map(({ opcode }) => hex(opcode)).join(" ");
    return `${code} at ${hex(given.address)} (${names.join("; ")}), xPSR ${hex(given.xpsr)}, ${registers}; ours / theirs: ${said}; fault ${came.fault}`;
  }
}

function advance(it: number): number {
  return (it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f);
}

describe.skipIf(why !== undefined)(why === undefined ? "Unicorn" : `skipped: ${why}`, () => {
  let oracle: Oracle;
  let compared = 0;
  beforeAll(() => {
    if (typeof found !== "string") oracle = new Oracle(found);
  });
  afterAll(() => oracle.close());

  test.each(PEERS.map((peer, index) => [peer.ours, peer.theirs, peer, index] as const))(
    "%s agrees with Unicorn's %s",
    { timeout: 900_000 },
    async (_ours, _theirs, peer, index) => {
      const pair = new Pair(peer, oracle, SEED * 16 + index);
      const cases = Math.ceil(CASES * peer.share);
      await pair.compare(Math.ceil(0.75 * cases), 1);
      await pair.compare(Math.ceil(0.25 * cases), 6);
      compared += pair.result.compared;
      const { differences: list, excused, leftOut } = pair.result;
      console.info(`${peer.ours}: ${pair.result.compared} instructions compared, ${leftOut} cases left out`);
      for (const [what, count] of excused) console.info(`  Unicorn is wrong ${count} times: ${what}`);
      expect(Object.fromEntries(list)).toEqual({});
    },
  );

  test("a million instructions or more", () => {
    if (CASES >= 1_350_000) expect(compared).toBeGreaterThanOrEqual(1_000_000);
  });
});
