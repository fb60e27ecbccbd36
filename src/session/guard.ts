/**
 * Stands before every write to the target: one that erases everything, or cannot be taken back (device/guarded), is sent only
 * with consent. Knows what access ports were told before, and who made the part, as far as the hardware says it.
 */
import type { GuardedWrite, Step, WriteGuard } from "../coresight/access.ts";
import { offsetIn, placeKey, type ApPlace } from "../coresight/ap-place.ts";
import { CSW, DRW, field, IDR, TAR } from "../coresight/registers.ts";
import type { FlashConsent } from "../flash/locking.ts";
import { familyNamed, GUARDED, isMeant, rowsFor, type Grant, type Guarded } from "../device/guarded/index.ts";

/** Who may consent, and what was consented to. */
export interface Consent {
  readonly granted: readonly Grant[];
  /** A person who is asked where nothing was granted; absent where nobody sits there. */
  readonly ask?: (grant: Grant, does: string) => Promise<boolean>;
}

export const NO_CONSENT: Consent = { granted: [] };

const BD0 = 0x10;
/** Bytes of a word. */
const WORD = 4;
/** JEP106: Arm makes access ports for everybody. */
const ARM = 0x23b;
/** IDR.CLASS of a MEM-AP. */
const MEMORY_CLASS = 8;
const SIZES = [1, 2, 4, 8] as const;
/** Access ports that are asked who made them, where there is a reason to. */
const IN_A_ROW = [0, 1, 2, 3, 4];

/** Reads a register of an access port; undefined where it does not answer. */
type Peek = (ap: number, offset: number) => Promise<number | undefined>;

/** What an access port was told; undefined before anything was. */
interface Told {
  readonly csw: number | undefined;
  readonly tar: number | undefined;
}

interface Word {
  readonly address: number;
  readonly value: number;
  /** The bits of the word that are written. */
  readonly written: number;
}

export class Guard implements WriteGuard {
  readonly #device: string | undefined;
  readonly #ask: Consent["ask"];
  readonly #granted: Set<Grant>;
  readonly #told = new Map<string, Told>();
  /** By access port; undefined where it did not answer. */
  readonly #idrs = new Map<string, number | undefined>();
  readonly #designers = new Set<number>();
  #lookedAround = false;
  #rows: readonly Guarded[] | undefined;

  constructor(device: string | undefined, { granted, ask }: Consent = NO_CONSENT) {
    this.#device = device;
    this.#granted = new Set(granted);
    if (granted.includes("lock=forever")) this.#granted.add("lock");
    this.#ask = ask;
  }

  /** Who made the part: from TARGETID or DPIDR, where they were read. */
  note(designer: number): void {
    if (designer === ARM || designer === 0) return;
    this.#designers.add(designer);
    this.#rows = undefined;
  }

  /** Somebody consented by another way than being asked here. */
  grant(grant: Grant): void {
    this.#granted.add(grant);
  }

  has(grant: Grant): boolean {
    return this.#granted.has(grant);
  }

  /** The rows that may hold for this part; all of them, until there was a reason to ask the hardware. */
  get rows(): readonly Guarded[] {
    if (!this.#lookedAround) return GUARDED;
    this.#rows ??= rowsFor({ device: this.#device, designers: [...this.#designers] });
    return this.#rows;
  }

  forget(): void {
    this.#told.clear();
  }

  elsewhere(): void {
    this.#told.clear();
    this.#idrs.clear();
  }

  /** With those of what a flash algorithm says that it is for. */
  #rowsBeside(algorithm: string): readonly Guarded[] {
    if (!this.#lookedAround || familyNamed(algorithm) === undefined) return this.rows;
    const own = rowsFor({ device: algorithm, designers: [...this.#designers] });
    return this.#device === undefined ? own : [...new Set([...this.rows, ...own])];
  }

  refuses(steps: readonly Step[]): GuardedWrite | undefined {
    const told = new Map<string, Told>();
    const found = this.#find(steps, told);
    // Only what is going to be sent counts.
    if (found === undefined) for (const [key, now] of told) this.#told.set(key, now);
    return found;
  }

  #find(steps: readonly Step[], told = new Map<string, Told>()): GuardedWrite | undefined {
    for (const step of steps) {
      const found = this.#follow(step, told);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async consent(steps: readonly Step[], peek: Peek): Promise<GuardedWrite | undefined> {
    const places = steps.flatMap(({ ap }) => (typeof ap === "number" ? [ap] : []));
    await this.#look(places, peek);
    // Registers of ports that are no MEM-AP may do something when they are read.
    if (this.#find(steps) === UNKNOWN) for (const ap of places) await this.#learnTar(ap, peek);
    if (this.#find(steps) === undefined) return undefined;
    await this.#lookAround(peek);
    const found = this.#find(steps);
    return found === undefined || (await this.allows(found.grant, found.does)) ? undefined : found;
  }

  /** Granted before, or by a person who is asked now. */
  async allows(grant: Grant, does: string): Promise<boolean> {
    if (this.#granted.has(grant)) return true;
    if ((await this.#ask?.(grant, does)) !== true) return false;
    this.#granted.add(grant);
    return true;
  }

  /** For flash, whose images and erases are looked at before they take place. `readIdr` as `peek`. */
  forFlash(readIdr: (ap: number) => Promise<number | undefined>): FlashConsent {
    return {
      rows: async (algorithm, found) => {
        const rows = (): readonly Guarded[] => this.#rowsBeside(algorithm);
        if (found(rows())) await this.#lookAround((ap) => readIdr(ap));
        return rows();
      },
      allows: (grant, does) => this.allows(grant, does),
    };
  }

  /** Where TAR stands, which counts on with reads and writes by hand. */
  async #learnTar(ap: number, peek: Peek): Promise<void> {
    const key = placeKey(ap);
    const told = this.#told.get(key) ?? NOTHING_TOLD;
    if (told.tar !== undefined) return;
    const [csw, tar] = [await peek(ap, CSW.address), await peek(ap, TAR.address)];
    this.#told.set(key, { csw: csw ?? told.csw, tar });
  }

  /** Asks access ports what they are and who made them; each once. False where one is not there. */
  async #look(places: readonly number[], peek: Peek): Promise<boolean> {
    for (const ap of new Set(places)) {
      const key = placeKey(ap);
      if (!this.#idrs.has(key)) this.#idrs.set(key, await peek(ap, IDR.address));
      const idr = this.#idrs.get(key) ?? 0;
      this.note(field(IDR, "DESIGNER", idr));
      if (idr === 0) return false;
    }
    return true;
  }

  /** The access ports in a row, once; some devices hang when one is asked that does not exist. */
  async #lookAround(peek: Peek): Promise<void> {
    if (this.#lookedAround) return;
    this.#lookedAround = true;
    for (const ap of IN_A_ROW) if (!(await this.#look([ap], peek))) return;
  }

  #follow(step: Step, changed: Map<string, Told>): GuardedWrite | undefined {
    const { op, ap, offset, address } = step;
    if (!(op.kind === "write" || op.kind === "read") || ap === undefined || offset === undefined)
      return undefined;
    // One behind another is reached by that one's memory, which is looked at.
    if (op.register.port !== "AP" || (typeof ap !== "number" && ap.parent !== undefined)) return undefined;
    const key = placeKey(ap);
    const told = changed.get(key) ?? this.#told.get(key) ?? NOTHING_TOLD;
    const own = offset - offsetIn(ap, 0);
    const isDirect = typeof ap !== "number" && offset < DIRECT_BYTES;
    const count = op.kind === "write" ? op.words.length : op.words;
    const data = isDirect ? directly(told, offset) : dataOf(told, own, count, address);
    // It counts on, wraps at some address, and stays where an access fails: who needs to know asks.
    if (data !== undefined && own === DRW.address && data.step > 0)
      changed.set(key, { ...told, tar: undefined });
    if (op.kind === "read") return undefined;
    const [value = 0] = op.words;
    if (own === CSW.address) changed.set(key, { ...told, csw: value });
    if (own === TAR.address) changed.set(key, { ...told, tar: value });
    if (data === undefined) return withFamily(this.#inAccessPort(ap, own, value));
    // Only an access port that is counted can be asked where its TAR stands.
    if (data === NOWHERE)
      return typeof ap !== "number" || this.#isMemory(ap) === false || this.#granted.has("erase")
        ? undefined
        : UNKNOWN;
    return withFamily(this.#inMemory(data, op.words));
  }

  #isMemory(ap: ApPlace): boolean | undefined {
    const idr = this.#idrs.get(placeKey(ap));
    return idr === undefined || idr === 0 ? undefined : field(IDR, "CLASS", idr) === MEMORY_CLASS;
  }

  /** Registers of an access port that is none of memory's; of one that nobody knows too. */
  #inAccessPort(ap: ApPlace, offset: number, value: number): Guarded | undefined {
    if (typeof ap !== "number" || this.#isMemory(ap) === true) return undefined;
    const idr = this.#idrs.get(placeKey(ap));
    const designer = idr === undefined || idr === 0 ? undefined : field(IDR, "DESIGNER", idr);
    const rows = rowsFor({
      device: undefined,
      designers: designer === undefined ? [...this.#designers] : [designer],
    });
    return rows.find(
      (row) =>
        "apRegister" in row.at &&
        row.at.apRegister === offset &&
        isMeant(row, value) &&
        !this.#granted.has(row.grant),
    );
  }

  #inMemory({ address, bytes, step }: Data, words: ArrayLike<number>): Guarded | undefined {
    const end = address + Math.max(bytes, step * words.length);
    const near = this.rows.filter(
      (row) => "address" in row.at && row.at.address < end && rowEnd(row) > address,
    );
    return near.find((row) => {
      if (this.#granted.has(row.grant)) return false;
      for (let at = 0; at < words.length; at++) {
        const word = wordAt(address + step * at, words[at] ?? 0, bytes);
        if (covers(row, word.address) && isMeant(row, word.value, word.written)) return true;
      }
      return false;
    });
  }
}

/** Where words of data go: the first address, how many bytes each of them writes, and how far the next one is. */
interface Data {
  readonly address: number;
  readonly bytes: number;
  readonly step: number;
}

const NOTHING_TOLD: Told = { csw: undefined, tar: undefined };

/** Data for an address that nobody knows. */
const NOWHERE: Data = { address: 0, bytes: WORD, step: 0 };
const UNKNOWN: GuardedWrite = {
  grant: "erase",
  does: "goes to an address that could not be found out, so that it may erase everything",
};
/** Direct access registers of an access port of ADIv6: the KiB around TAR. */
const DIRECT_BYTES = 0x400;
const PACKED = 2;

function withFamily(row: Guarded | undefined): GuardedWrite | undefined {
  return row && { grant: row.grant, does: `${row.does}, on ${row.family} parts` };
}

function directly({ tar }: Told, offset: number): Data {
  if (tar === undefined) return NOWHERE;
  return { address: (tar & ~(DIRECT_BYTES - 1)) + offset, bytes: WORD, step: 0 };
}

/** Undefined for a register that is no door to memory. */
function dataOf({ csw, tar }: Told, offset: number, words: number, known?: number): Data | undefined {
  const isBanked = offset >= BD0 && offset < BD0 + 4 * WORD;
  if (offset !== DRW.address && !isBanked) return undefined;
  const banked = isBanked && tar !== undefined ? (tar & ~0xf) + (offset - BD0) : tar;
  const address = known ?? banked;
  if (address === undefined) return NOWHERE;
  const mode = csw === undefined ? undefined : field(CSW, "AddrInc", csw);
  const isWhole = csw === undefined || isBanked || mode === PACKED;
  const bytes = isWhole ? WORD : Math.min(WORD, SIZES[field(CSW, "Size", csw)] ?? WORD);
  const counts = mode === undefined ? words > 1 || known === undefined : mode !== 0;
  return { address: address >>> 0, bytes, step: counts && !isBanked ? bytes : 0 };
}

/** A write as the word that it changes: the value stands in the byte lanes of its address already. */
function wordAt(address: number, value: number, bytes: number): Word {
  const written = bytes >= WORD ? 0xffff_ffff : (2 ** (8 * bytes) - 1) << (8 * (address % WORD));
  return { address: address - (address % WORD), value, written: written >>> 0 };
}

function rowEnd({ at }: Guarded): number {
  return "address" in at ? at.address + (at.size ?? WORD) : 0;
}

function covers(row: Guarded, address: number): boolean {
  return "address" in row.at && address + WORD > row.at.address && address < rowEnd(row);
}
