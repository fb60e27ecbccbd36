/**
 * Proposes what a device might hold so that a sequence which gave up would pass: from what it read and what
 * it compares with.
 */
import type { DeviceDescription } from "../../device/description.ts";
import type { Access } from "../../interpreter/ports.ts";
import type { CoreSightFault } from "../../coresight/wire/faults.ts";
import { Failure } from "../../lib/fault.ts";
import { findBuiltin } from "../../language/builtins.ts";
import { nodesIn } from "../../language/walk.ts";
import type { Assumption } from "../../simulator/model/assume.ts";
import { designerOf } from "../../simulator/model/designers.ts";
import type { SessionEvent } from "../flow/events.ts";

interface Read {
  readonly ap: number;
  readonly address: number;
  readonly value: number;
}

/** Reads that matter for a failure come shortly before it. */
const MOST_REMEMBERED = 12;
const MOST_NAMES = 8;
/** Only steps of sequences count; the wire's own work does not tell how far they came. */
const COUNTED: ReadonlySet<string> = new Set(["enter", "access", "assign", "condition", "atomic", "leave"]);

/** Returns true if it reads one value of memory of at most a word. */
function readsMemory(fn: string): boolean {
  const { through, bits = 64, answers } = findBuiltin(fn) ?? {};
  return through === "memory" && answers === true && bits <= 32;
}

/** Remembers what a run last read of memory, in which sequences, and how far it came. */
export class Reads {
  /** The number of steps of sequences until the run ended. */
  count = 0;
  #open = true;
  readonly #reads: Read[] = [];
  readonly #names: string[] = [];
  readonly #apOf: (access: Access) => number;

  constructor({ accessPorts }: DeviceDescription) {
    this.#apOf = ({ ap, apid }) => {
      const port = accessPorts.find((one) => BigInt(one.apid) === apid);
      return port === undefined ? Number(ap) : (port.index ?? Number(port.address ?? 0n));
    };
  }

  readonly note = (event: SessionEvent): void => {
    if (!this.#open) return;
    if (COUNTED.has(event.kind)) this.count += 1;
    if (event.kind === "enter") this.#remember(event.name);
    if (event.kind !== "access") return;
    const { access, value } = event;
    const [address] = access.args;
    if (address === undefined || value === undefined || address > 0xffff_ffffn) return;
    if (!readsMemory(access.fn)) return;
    const read = { ap: this.#apOf(access), address: Number(address & ~3n), value: Number(value) };
    const before = this.#reads.findIndex((one) => one.ap === read.ap && one.address === read.address);
    if (before >= 0) this.#reads.splice(before, 1);
    this.#reads.push(read);
    if (this.#reads.length > MOST_REMEMBERED) this.#reads.shift();
  };

  /** The clean-up says nothing of the failure. */
  close(): void {
    this.#open = false;
  }

  /** The newest comes first. */
  get last(): readonly Read[] {
    return this.#reads.toReversed();
  }

  /** Returns the sequences that were entered last, newest first. */
  get sequences(): readonly string[] {
    return this.#names.toReversed();
  }

  #remember(name: string): void {
    const before = this.#names.indexOf(name);
    if (before >= 0) this.#names.splice(before, 1);
    this.#names.push(name);
    if (this.#names.length > MOST_NAMES) this.#names.shift();
  }
}

/** Yields likely ones first; each is a set of words that belong together. */
export function* proposals(
  error: unknown,
  reads: Reads,
  description: DeviceDescription,
): Generator<readonly Assumption[]> {
  const missing = faultOf(error);
  // Something must be there, because the pack's own sequence goes there.
  if (missing !== undefined) yield [{ ...missing, value: 0 }];
  for (const { ap, address } of reads.last)
    if ((address & 0xfff) === PIDR1) yield identity(ap, address - PIDR1, description.vendor);
  for (const read of reads.last)
    for (const value of valuesFor(read.value, reads.sequences, description))
      if (value !== read.value) yield [{ ap: read.ap, address: read.address, value }];
}

/**
 * Returns the access ports that the sequences select by number: they are assumed to exist, and their bus
 * addresses hold 0.
 */
export function selectedPorts({ sequences }: DeviceDescription): readonly Assumption[] {
  const ports = new Set<number>();
  for (const { sequence } of sequences)
    for (const node of nodesIn(sequence))
      if (node.kind === "assignment" && node.target.text === "__ap" && node.value.kind === "number")
        if (node.value.value < 256n) ports.add(Number(node.value.value));
  return [...ports].map((ap) => ({ ap, address: 0xe00e_0000, value: 0 }));
}

/** These are peripheral identification registers of a component's last page (ADIv5.2 D1.2). */
const PIDR4 = 0xfd0;
const PIDR1 = 0xfe4;
const PIDR2 = 0xfe8;
const JEDEC = 0x8;

/** Returns the designer of a component: the vendor of the device. */
function identity(ap: number, page: number, vendor: string): readonly Assumption[] {
  const { bank, code } = designerOf(vendor) ?? { bank: 0, code: 0 };
  return [
    { ap, address: page + PIDR1, value: (code & 0xf) << 4 },
    { ap, address: page + PIDR2, value: JEDEC | (code >> 4) },
    { ap, address: page + PIDR4, value: bank },
  ];
}

function faultOf(error: unknown): Pick<Assumption, "ap" | "address"> | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof Failure)) continue;
    const fault = at.fault as CoreSightFault;
    if (fault.kind !== "target-fault") continue;
    if (fault.ap !== undefined && fault.address !== undefined)
      return {
        ap: typeof fault.ap === "number" ? fault.ap : fault.ap.address,
        address: (fault.address & ~3) >>> 0,
      };
  }
  return undefined;
}

/**
 * Returns the numbers of the sequences, as they stand and shifted as the sequences shift, also combined with
 * the bits that were there.
 */
function valuesFor(
  found: number,
  names: readonly string[],
  { sequences }: DeviceDescription,
): ReadonlySet<number> {
  const values = new Set<number>();
  for (const name of names) {
    const numbers = new Set<number>();
    for (const { sequence } of sequences.filter((one) => one.name === name))
      for (const node of nodesIn(sequence))
        if (node.kind === "number" && node.value <= 0xffff_ffffn) numbers.add(Number(node.value));
    const shifts = [0, ...[...numbers].filter((number) => number > 0 && number < 32)];
    for (const number of numbers)
      for (const shift of shifts) {
        const value = number * 2 ** shift;
        if (value > 0xffff_ffff) continue;
        values.add(value);
        values.add((found | value) >>> 0);
      }
  }
  values.add(0xffff_ffff);
  return values;
}
