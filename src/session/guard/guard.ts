/**
 * Checks every write to the target: one that erases everything, or cannot be taken back (device/guarded), is
 * sent only with consent. Knows what access ports were told before, and who made the part, as far as the
 * hardware says it.
 */
import type { GuardedWrite, Peek, Step, WriteGuard } from "../../coresight/wire/access.ts";
import { offsetIn, placeKey, type ApAt, type ApPlace } from "../../coresight/ap-place.ts";
import { CSW, field, IDR, TAR } from "../../coresight/registers.ts";
import type { FlashConsent } from "../../flash/driver.ts";
import {
  effectOf,
  familyNamed,
  GUARDED,
  rowsFor,
  type Grant,
  type Guarded,
} from "../../device/guarded/index.ts";
import {
  anywhere,
  dataOf,
  mayBeRegister,
  moved,
  NOTHING_TOLD,
  NOWHERE,
  tellsAddress,
  toldAfter,
  toldInPart,
  type Data,
  type Told,
} from "./data.ts";
import { around, inAccessPort, inMemory } from "./rows.ts";
import { designerIn } from "./identities.ts";

/** Consent that was given in advance, and how to ask for more. */
export interface Consent {
  readonly granted: readonly Grant[];
  /** Asks a person if nothing was granted; absent if there is no user. */
  readonly ask?: (grant: Grant, does: string) => Promise<boolean>;
}

const NO_CONSENT: Consent = { granted: [] };

/** The JEP106 code of Arm, which makes access ports for every vendor. */
const ARM = 0x23b;
/** The value of IDR.CLASS for a MEM-AP. */
const MEMORY_CLASS = 8;
/** These access ports are asked who made them, if there is a reason to. */
const IN_A_ROW = [0, 1, 2, 3, 4];
/** An access port in memory takes this much. */
const PAGE = 0x1000;
const WORD = 4;
const UNKNOWN: GuardedWrite = {
  grant: "erase",
  does: "goes to an address that could not be found out, so that it may erase everything",
};

export class Guard implements WriteGuard {
  readonly #device: string | undefined;
  readonly #ask: Consent["ask"];
  readonly #granted: Set<Grant>;
  /** The effects that a person consented to when asked, each by itself. */
  readonly #consented = new Set<string>();
  readonly #told = new Map<string, Told>();
  /** Values by access port; undefined if it did not answer. */
  readonly #idrs = new Map<string, number | undefined>();
  /** Memory that is followed as if an access port stood there, until it is asked. */
  readonly #suspects = new Map<string, ApAt>();
  readonly #designers = new Set<number>();
  #lookedAround = false;
  #rows: readonly Guarded[] | undefined;
  /** Rows by the maker of the access port. */
  readonly #rowsOfPorts = new Map<number | undefined, readonly Guarded[]>();
  /** The rows of a list that were not granted; each write asks for them. */
  #ungrantedOf = new WeakMap<readonly Guarded[], readonly Guarded[]>();

  constructor(device: string | undefined, { granted, ask }: Consent = NO_CONSENT) {
    this.#device = device;
    this.#granted = new Set(granted);
    if (granted.includes("lock=forever")) this.#granted.add("lock");
    this.#ask = ask;
  }

  /** Notes who made the part, from TARGETID or DPIDR, if they were read. */
  note(designer: number | undefined): void {
    if (designer === undefined || designer === ARM || designer === 0) return;
    this.#designers.add(designer);
    this.#rows = undefined;
    this.#rowsOfPorts.clear();
  }

  /** Notes consent that was given in another way than by an answer here. */
  grant(grant: Grant): void {
    this.#granted.add(grant);
    this.#ungrantedOf = new WeakMap();
  }

  has(grant: Grant): boolean {
    return this.#granted.has(grant);
  }

  /** Returns the rows that may hold for this part: all of them, until there was a reason to ask the hardware. */
  get rows(): readonly Guarded[] {
    if (!this.#lookedAround) return GUARDED;
    this.#rows ??= rowsFor({ device: this.#device, designers: [...this.#designers] });
    return this.#rows;
  }

  /** Access ports in memory stay there, although it is unknown which of the last writes took place. */
  forget(): void {
    for (const [key, told] of this.#told)
      if (isOfNested(key)) this.#told.set(key, moved({ ...told, csw: undefined }));
      else this.#told.delete(key);
  }

  /** Another debug port may belong to another part. */
  elsewhere(): void {
    this.#told.clear();
    this.#idrs.clear();
    this.#lookedAround = false;
  }

  /** Adds the rows of the part that a flash algorithm says it is for. */
  #rowsBeside(algorithm: string): readonly Guarded[] {
    if (!this.#lookedAround || familyNamed(algorithm) === undefined) return this.rows;
    const own = rowsFor({ device: algorithm, designers: [...this.#designers] });
    return this.#device === undefined ? own : [...new Set([...this.rows, ...own])];
  }

  refuses(steps: readonly Step[]): GuardedWrite | undefined {
    const told = new Map<string, Told>();
    const found = this.#find(steps, told);
    // Only writes that are going to be sent count.
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
    const places = new Map(steps.flatMap(({ ap }) => (ap === undefined ? [] : [[placeKey(ap), ap]])));
    for (const ap of places.values()) await this.#look(ap, peek);
    // Registers of ports that are not MEM-AP may have side effects when they are read.
    if (this.#find(steps) === UNKNOWN) for (const ap of places.values()) await this.#learnTar(ap, peek);
    this.#suspects.clear();
    if (this.#find(steps) === undefined) return undefined;
    for (const ap of [...this.#suspects.values()]) {
      const isMemory = field(IDR, "CLASS", await this.#look(ap, peek)) === MEMORY_CLASS;
      if (isMemory && this.#toldOf(ap).anywhere === true) await this.#learnTar(ap, peek);
    }
    if (this.#find(steps) === undefined) return undefined;
    await this.#lookAround(peek, [...places.values()]);
    const found = this.#find(steps);
    return found === undefined || (await this.allows(found.grant, found.does)) ? undefined : found;
  }

  /**
   * Returns true if it was granted before, or if a person who is asked now grants it; each effect is asked
   * for once.
   */
  async allows(grant: Grant, does: string): Promise<boolean> {
    if (this.#isAllowed({ grant, does })) return true;
    if ((await this.#ask?.(grant, does)) !== true) return false;
    this.#consented.add(does);
    this.#ungrantedOf = new WeakMap();
    return true;
  }

  #isAllowed({ grant, does }: GuardedWrite): boolean {
    return this.#granted.has(grant) || this.#consented.has(does);
  }

  /** Makes the guard for flash, whose images and erases are looked at before they take place. */
  forFlash(look: (work: (peek: Peek) => Promise<void>) => Promise<void>): FlashConsent {
    return {
      rows: async (algorithm, found) => {
        const rows = (): readonly Guarded[] => this.#rowsBeside(algorithm);
        if (found(rows())) await look((peek) => this.#lookAround(peek, []));
        return rows();
      },
      allows: (grant, does) => this.allows(grant, does),
    };
  }

  /** Reads TAR, which counts on with reads and writes by hand. */
  async #learnTar(ap: ApPlace, peek: Peek): Promise<void> {
    const key = placeKey(ap);
    const told = this.#toldOf(ap);
    if (told.tar !== undefined) return;
    const [csw, tar] = [await peek.register(ap, CSW.address), await peek.register(ap, TAR.address)];
    this.#told.set(key, tar === undefined ? told : { csw: csw ?? told.csw, tar });
  }

  /** Asks an access port for its identity and its maker, once. Returns IDR, or 0 if the port is not there. */
  async #look(ap: ApPlace, peek: Peek): Promise<number> {
    const key = placeKey(ap);
    if (!this.#idrs.has(key)) this.#idrs.set(key, await peek.register(ap, IDR.address));
    const idr = this.#idrs.get(key) ?? 0;
    this.note(field(IDR, "DESIGNER", idr));
    return idr;
  }

  /**
   * Looks at the access ports in a row and those that are used, and the ROM tables that they name; some
   * devices hang if a missing one is asked. If none of them answers nothing was learned, and the next call
   * looks again.
   */
  async #lookAround(peek: Peek, places: readonly ApPlace[]): Promise<void> {
    if (this.#lookedAround) return;
    const found = new Map<string, ApPlace>();
    for (const ap of places) if ((await this.#look(ap, peek)) !== 0) found.set(placeKey(ap), ap);
    for (const ap of IN_A_ROW) {
      if ((await this.#look(ap, peek)) === 0) break;
      found.set(placeKey(ap), ap);
    }
    for (const ap of found.values()) if (this.#isMemory(ap) === true) this.note(await designerIn(ap, peek));
    this.#lookedAround = found.size > 0;
    // A port that did not answer, or is closed, may be there later.
    for (const ap of [...places, ...IN_A_ROW])
      if (!found.has(placeKey(ap)) && !isOfNested(placeKey(ap))) this.#idrs.delete(placeKey(ap));
  }

  #follow(step: Step, changed: Map<string, Told>): GuardedWrite | undefined {
    const { op, ap, address } = step;
    if (!(op.kind === "write" || op.kind === "read") || ap === undefined || step.offset === undefined)
      return undefined;
    if (op.register.port !== "AP") return undefined;
    const words = op.kind === "write" ? op.words : undefined;
    const count = op.kind === "write" ? op.words.length : op.words;
    const base = offsetIn(ap, 0);
    const offset = step.offset - base;
    const told = this.#toldOf(ap, changed);
    // A port in memory may have been told another address there, which its user does not see.
    const known = isInMemory(ap) ? undefined : address;
    const data = dataOf(told, { ap, offset, words: count, address: known }, base);
    changed.set(placeKey(ap), toldAfter(told, offset, data, words?.[0]));
    if (isInMemory(ap)) {
      // The parent's own TAR may have counted on with what reached the port behind it.
      this.#movedOn(ap.parent, changed);
      this.#movesOthers(ap, changed);
    }
    if (data !== undefined && data !== NOWHERE) {
      const behind = this.#behind(ap, data, words ?? count, changed);
      if (behind !== undefined) return withFamily(behind);
    }
    if (words === undefined) return undefined;
    const own = this.#inAccessPort(ap, offset, words[0] ?? 0);
    if (own !== undefined || data === undefined) return withFamily(own);
    if (data === NOWHERE)
      return this.#isMemory(ap) === false || this.#isAllowed(UNKNOWN) ? undefined : UNKNOWN;
    return withFamily(inMemory(this.#ungranted(this.rows), data, words));
  }

  #toldOf(ap: ApPlace, changed?: ReadonlyMap<string, Told>): Told {
    const key = placeKey(ap);
    return changed?.get(key) ?? this.#told.get(key) ?? NOTHING_TOLD;
  }

  /** The same port may stand in the memory behind several others, and hears what is told by way of each. */
  #movesOthers(ap: ApAt, changed: Map<string, Told>): void {
    const [own, start] = [placeKey(ap), `${placeKey({ address: ap.address })} in `];
    for (const key of new Set([...this.#told.keys(), ...changed.keys()]))
      if (key !== own && key.startsWith(start)) {
        const told = changed.get(key) ?? this.#told.get(key) ?? NOTHING_TOLD;
        changed.set(key, anywhere({ ...told, csw: undefined }));
      }
  }

  #movedOn(parent: ApPlace, changed: Map<string, Told>): void {
    const told = this.#toldOf(parent, changed);
    if (told.csw !== undefined && field(CSW, "AddrInc", told.csw) !== 0)
      changed.set(placeKey(parent), moved(told));
  }

  /**
   * Words of memory may be registers of an access port that stands there: they are followed like those of any
   * other.
   */
  #behind(
    parent: ApPlace,
    { address, bytes, step }: Data,
    words: ArrayLike<number> | number,
    changed: Map<string, Told>,
  ): Guarded | undefined {
    const count = typeof words === "number" ? words : words.length;
    for (let at = 0; at < count; at++) {
      const place = address + step * at;
      const from = (place - (place % WORD)) % PAGE;
      if (!mayBeRegister(from)) continue;
      const ap = inMemoryOf(parent, place);
      const value = typeof words === "number" ? undefined : (words[at] ?? 0);
      this.#movesOthers(ap, changed);
      const told = this.#toldOf(ap, changed);
      // Memory counts as a port only after it was told an address; a value at TAR's place in ordinary memory
      // is only kept.
      if (told === NOTHING_TOLD && (value === undefined || !tellsAddress(from))) continue;
      const base = offsetIn(ap, 0);
      const offset = from - base;
      const data = dataOf(told, { ap, offset, words: 1 }, base);
      const isWhole = bytes === WORD && place % WORD === 0;
      const after = toldAfter(told, offset, data, isWhole ? value : undefined);
      changed.set(placeKey(ap), isWhole || value === undefined ? after : toldInPart(after, offset));
      if (data === undefined || value === undefined || this.#isNoPort(ap)) continue;
      const found =
        data === NOWHERE
          ? around(this.#ungranted(this.rows), told, value)
          : inMemory(this.#ungranted(this.rows), data, Uint32Array.of(value));
      if (found === undefined) continue;
      this.#suspects.set(placeKey(ap), ap);
      return found;
    }
    return undefined;
  }

  /** Returns true for ordinary memory, by the value in the place of IDR. */
  #isNoPort(ap: ApAt): boolean {
    const idr = this.#idrs.get(placeKey(ap));
    return idr !== undefined && field(IDR, "CLASS", idr) !== MEMORY_CLASS;
  }

  #isMemory(ap: ApPlace): boolean | undefined {
    const idr = this.#idrs.get(placeKey(ap));
    return idr === undefined || idr === 0 ? undefined : field(IDR, "CLASS", idr) === MEMORY_CLASS;
  }

  /** Checks registers of an access port that does not lead to memory, or whose kind is unknown. */
  #inAccessPort(ap: ApPlace, offset: number, value: number): Guarded | undefined {
    if (this.#isMemory(ap) === true) return undefined;
    const idr = this.#idrs.get(placeKey(ap));
    const designer = idr === undefined || idr === 0 ? undefined : field(IDR, "DESIGNER", idr);
    return inAccessPort(this.#ungranted(this.#rowsOfPort(designer)), offset, value);
  }

  #rowsOfPort(designer: number | undefined): readonly Guarded[] {
    const known = this.#rowsOfPorts.get(designer);
    if (known !== undefined) return known;
    const designers = designer === undefined ? [...this.#designers] : [designer];
    const rows = rowsFor({ device: undefined, designers });
    this.#rowsOfPorts.set(designer, rows);
    return rows;
  }

  #ungranted(rows: readonly Guarded[]): readonly Guarded[] {
    const known = this.#ungrantedOf.get(rows);
    if (known !== undefined) return known;
    const left = rows.filter((row) => !this.#isAllowed({ grant: row.grant, does: effectOf(row) }));
    this.#ungrantedOf.set(rows, left);
    return left;
  }
}

function isInMemory(ap: ApPlace): ap is ApAt & { readonly parent: ApPlace } {
  return typeof ap !== "number" && ap.parent !== undefined;
}

/** Recognises the key of an access port in the memory behind another one. */
function isOfNested(key: string): boolean {
  return key.includes(" in ");
}

function inMemoryOf(parent: ApPlace, address: number): ApAt {
  return { address: address - (address % PAGE), parent };
}

function withFamily(row: Guarded | undefined): GuardedWrite | undefined {
  return row && { grant: row.grant, does: effectOf(row) };
}
