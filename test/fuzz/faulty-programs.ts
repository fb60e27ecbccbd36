/**
 * Random programs that reach the target, some of whose accesses it cannot answer, and what a run of each comes by, in order.
 * An address stands for one access alone, so that a told access and one in the target's log can be matched.
 */
import { hex } from "../../src/lib/hex.ts";
import type { Random } from "./random.ts";

export const RAM = 0x2000_0000;
export const RAM_SIZE = 0x1_0000;
/** Nothing stands there: a bus error. */
export const NOWHERE = 0x6000_0000;
/** Never answers. */
export const HANGING = 0x4000_0000;

export const MODEL = `model: faulty
about: RAM, a part that never answers, and nothing else
sources: []
debugPort: { dpidr: 0x2BA01477 }
accessPorts:
  - { index: 0, kind: ahb, idr: 0x24770011, csw: 0x23000052 }
memories:
  - { name: ram, start: ${hex(RAM)}, size: ${hex(RAM_SIZE)} }
  - { name: unclocked, start: ${hex(HANGING)}, size: 0x1000, hangs: true }
`;

/** How a run ends by itself. */
export type End = "division-by-zero" | "no-buffer" | "message-abort" | "address-too-wide" | "call-depth";

/** What a run comes by. */
export type Met =
  | {
      readonly kind: "access";
      readonly label: string;
      /** Of memory. */
      readonly address?: number;
      readonly fails: boolean;
      readonly tolerated: boolean;
    }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "end"; readonly how: End };

export interface FaultyProgram {
  readonly text: string;
  readonly met: readonly Met[];
}

const ENDS: Readonly<Record<End, string>> = {
  "division-by-zero": "v = 5 / z;",
  "no-buffer": "v = BufferGet(1, 0, 1);",
  "message-abort": 'Message(2, "gave up");',
  "address-too-wide": "v = Read32(0x100000000);",
  "call-depth": 'Sequence("Endless");',
};

export function faultyProgram(random: Random): FaultyProgram {
  return new Writer(random).program();
}

class Writer {
  readonly #random: Random;
  readonly #met: Met[] = [];
  readonly #sequences: string[] = [];
  #next = 0;
  #messages = 0;
  #tolerated = false;
  #ended = false;
  /** Of 100 accesses of memory so many fail. */
  readonly #failing: number;

  constructor(random: Random) {
    this.#random = random;
    this.#failing = random.pick([0, 5, 15, 40]);
  }

  program(): FaultyProgram {
    const body = `${this.#body(3, 12)}\n${this.#random.oneIn(3) ? this.#late() : ""}`;
    const text = `sequence Main {\n__var v = 0; __var z = BufferSize(0);\n${body}\n}\n${this.#sequences.join("\n")}\nsequence Endless { Sequence("Endless"); }\n`;
    return { text, met: this.#met };
  }

  #body(depth: number, most: number): string {
    return Array.from({ length: 1 + this.#random.int(most) }, () => this.#part(depth)).join("\n");
  }

  /** What is posted last and meets nothing that would tell of its error: only the end of the run may. */
  #late(): string {
    const quiet = (): string =>
      this.#random.pick([
        () => this.#statement("ReadDP(0x0)", "ReadDP(0x0);"),
        () => this.#statement("ReadDP(0x0)", "v = ReadDP(0x0);"),
        () => this.#message(),
      ])();
    const parts = [this.#memory(), ...Array.from({ length: this.#random.int(3) }, quiet)];
    return [...parts, this.#random.oneIn(2) ? this.#end() : ""].join("\n");
  }

  #part(depth: number): string {
    const random = this.#random;
    switch (random.int(depth > 0 ? 22 : 16)) {
      case 0:
      case 1:
        return this.#message();
      case 2:
        return this.#statement("ReadDP(0x0)", random.pick(["ReadDP(0x0);", "v = ReadDP(0x0);"]));
      case 3:
        return this.#statement("ReadDP(0x4)", random.pick(["ReadDP(0x4);", "v = ReadDP(0x4);"]));
      case 4: {
        const call = `WriteDP(0x8, ${hex(random.int(3))})`;
        return this.#statement(call, `${call};`);
      }
      case 5:
        return this.#statement("ReadAP(0xFC)", random.pick(["ReadAP(0xFC);", "v = ReadAP(0xFC);"]));
      case 6:
        return random.oneIn(4) ? this.#end() : this.#memory();
      case 14:
        return this.#abort();
      case 15:
        return this.#registers();
      case 16:
        return this.#call(depth);
      case 17:
        return this.#tolerating(depth);
      case 18:
        return this.#loop();
      case 19:
        return this.#branch(depth);
      case 20:
        return this.#atomic();
      default:
        return this.#memory();
    }
  }

  #statement(
    label: string,
    text: string,
    more: { readonly address?: number; readonly fails?: boolean } = {},
  ): string {
    const { fails = false, ...rest } = more;
    this.#note({ kind: "access", label, fails, tolerated: this.#tolerated, ...rest });
    return text;
  }

  #note(met: Met): void {
    if (!this.#ended) this.#met.push(met);
  }

  #address(): { readonly address: number; readonly fails: boolean } {
    const fails = this.#random.int(100) < this.#failing;
    const base = !fails ? RAM : this.#random.oneIn(6) ? HANGING : NOWHERE;
    return { address: base + 8 * this.#next++, fails };
  }

  #memory(canRead = true): string {
    const random = this.#random;
    const where = this.#address();
    const at = hex(where.address);
    const size = random.pick([8, 16, 32, 32]);
    if (canRead && random.oneIn(3)) {
      const call = `Read${size}(${at})`;
      return this.#statement(
        call,
        random.pick([`v = ${call};`, `${call};`, `if (${call}) { v = 1; }`]),
        where,
      );
    }
    const call = `Write${size}(${at}, ${hex(1 + random.int(200))})`;
    return this.#statement(call, `${call};`, where);
  }

  /** On SWD it clears what would tell of an error before it. */
  #abort(): string {
    return this.#statement("WriteDP(0x0, 0x1E)", "WriteDP(0x0, 0x1E);");
  }

  /** Memory through the registers of the access port, as they are. */
  #registers(): string {
    const where = this.#address();
    const select = `WriteAP(0x4, ${hex(where.address)})`;
    this.#statement(select, "");
    const access = this.#random.oneIn(3) ? "ReadAP(0xC)" : `WriteAP(0xC, ${hex(0x100 + this.#next)})`;
    this.#statement(access, "", where);
    return `${select}; ${access};`;
  }

  #message(): string {
    const text = `m${this.#messages++}`;
    this.#note({ kind: "message", text });
    return `Message(${this.#random.int(2)}, "${text}");`;
  }

  #end(): string {
    const how = this.#random.pick(Object.keys(ENDS) as End[]);
    if (how === "message-abort") this.#note({ kind: "message", text: "gave up" });
    this.#note({ kind: "end", how });
    this.#ended = true;
    return ENDS[how];
  }

  #call(depth: number): string {
    const before = this.#tolerated;
    const name = `Sub${this.#sequences.length}`;
    const at = this.#sequences.push("") - 1;
    const head = this.#random.oneIn(3) ? this.#setTolerated(!before) : "";
    const body = this.#body(depth - 1, 4);
    this.#sequences[at] = `sequence ${name} {\n__var v = 0; __var z = BufferSize(0);\n${head}${body}\n}`;
    this.#tolerated = before;
    return `Sequence("${name}");`;
  }

  #setTolerated(on: boolean): string {
    this.#tolerated = on;
    return `__errorcontrol = ${on ? 1 : 0};\n`;
  }

  #tolerating(depth: number): string {
    const before = this.#tolerated;
    return `${this.#setTolerated(true)}${this.#body(depth - 1, 4)}\n${this.#setTolerated(before)}`;
  }

  /** Each turn has addresses of its own. */
  #loop(): string {
    const turns = 1 + this.#random.int(3);
    const counter = `k${this.#next}`;
    const where = this.#address();
    for (let turn = 0; turn < turns; turn++) {
      const address = where.address + 8 * turn;
      this.#statement(`Write32(${hex(address)}, 0x7)`, "", { ...where, address });
    }
    this.#next += turns;
    return `__var ${counter} = 0; while (${counter} < ${turns}) { Write32(${hex(where.address)} + 8 * ${counter}, 7); ${counter} += 1; }`;
  }

  #branch(depth: number): string {
    if (this.#random.oneIn(3)) return 'if (z) { Write32(0x60000000, 1); Message(0, "never"); v = 1 / z; }';
    return `if (z == 0) {\n${this.#body(depth - 1, 3)}\n}`;
  }

  #atomic(): string {
    const count = 1 + this.#random.int(3);
    const part = (): string => (this.#random.oneIn(6) ? this.#abort() : this.#memory(false));
    return `atomic { ${Array.from({ length: count }, part).join(" ")} }`;
  }
}
