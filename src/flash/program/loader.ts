/**
 * Brings an image into flash: compares, erases, programs and verifies, sector by sector, and keeps account of
 * what is certain. Knows the order; algorithm-flash.ts knows what each function of an algorithm does.
 */
import { coalesce, type Chunk } from "../file/chunk.ts";
import { eraseEvidence, programEvidence, proofEvidence } from "./evidence.ts";
import { asFailure } from "../../lib/fault.ts";
import type { FlashDriver } from "../driver.ts";
import { FlashFailure, type FlashFault } from "../faults.ts";
import { contains } from "../region.ts";
import { FlashImage } from "../file/image.ts";
import { mustMayErase, mustNotLock } from "./locking.ts";
import { planImage, planSector, type RegionPlan, type SectorPlan } from "./plan.ts";
import type { Page } from "../driver.ts";
import { groupsOf, spanOf } from "./groups.ts";
import { whatIsHeld } from "./held.ts";
import { areTelling, differs, notProved, prove } from "./proof.ts";
import { readTwice } from "./read-twice.ts";
import {
  proofOf,
  sha256,
  type FlashProgress,
  type FlashReport,
  type FlashStep,
  type Reached,
  type SectorReport,
} from "./report.ts";
import { append } from "../../lib/lists.ts";

export interface LoadOptions {
  /**
   * "sector" erases the sectors of the image; "chip" the whole of each region; "none" nothing, for memory that is
   * erased.
   */
  readonly erase?: "sector" | "chip" | "none";
  /**
   * "auto" uses CRC-32 on the target, or else reads, and asks the algorithm's own Verify as well; "read" reads.
   * Default "auto".
   */
  readonly verify?: "auto" | "read" | "none";
  /**
   * With "required" it is a failure (`not-proved`) if only the vendor's algorithm vouches for a sector, because
   * its flash cannot be read. Default "any".
   */
  readonly proof?: "any" | "required";
  /** Keeps those bytes of touched sectors that are not in the image. */
  readonly keep?: boolean;
  /** Also erases and programs what is blank or in the flash already. */
  readonly force?: boolean;
  readonly onProgress?: (progress: FlashProgress) => void;
  /** Runs between programming and verifying: DebugCodeMemRemap, if a pack has it. */
  readonly beforeVerify?: () => Promise<void>;
  /** Consents to content that locks the debugger out, in addition to the consent that the session was opened with. */
  readonly mayLock?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Work {
  readonly plan: SectorPlan;
  readonly report: SectorReport;
  /** True if it holds bytes outside the image that must be kept. */
  readonly keeps: boolean;
}

export class Loader {
  readonly image: FlashImage;
  readonly #flashes: readonly FlashDriver[];
  readonly #options: LoadOptions;
  readonly #sectors: SectorReport[] = [];
  #readSha256: string | undefined;
  #at: Reached | undefined;
  #failed = false;
  /** Content to keep, noted before its erase begins. */
  readonly #kept: Work[] = [];
  /** Regions that are done, with what was proved of them. */
  readonly #done: { readonly region: FlashDriver; readonly work: readonly Work[] }[] = [];

  constructor(
    flashes: readonly FlashDriver[],
    image: FlashImage = new FlashImage(),
    options: LoadOptions = {},
  ) {
    this.#flashes = flashes;
    this.image = image;
    this.#options = options;
  }

  /** Adds raw bytes at an address. Throws `overlap`. */
  addData(address: number, bytes: Uint8Array, from = "data"): void {
    this.image.add(address, bytes, from);
  }

  /** What is certain so far, also after a failure. */
  async report(): Promise<FlashReport> {
    const sectors = this.#sectors;
    const { verify } = this.#options;
    const done = (one: SectorReport): boolean =>
      one.skipped || (one.programmed === one.planned && (verify === "none" || one.verified !== undefined));
    return {
      ...(this.#failed && this.#at !== undefined ? { reached: this.#at } : {}),
      sectors,
      ...(this.#lost.length === 0
        ? {}
        : { lost: this.#lost.map(({ plan: { address, size } }) => ({ address, size })) }),
      imageSha256: await sha256(this.image.parts.map(({ bytes }) => bytes)),
      ...(this.#readSha256 === undefined ? {} : { readSha256: this.#readSha256 }),
      proof: proofOf(sectors),
      complete: !this.#failed && sectors.length > 0 && sectors.every(done),
      ...(this.image.notes.length === 0 ? {} : { notes: this.image.notes }),
    };
  }

  /** After a failure: the pages, with the image's own bytes, of sectors whose other bytes may be gone from the flash. */
  get lostPages(): readonly Chunk[] {
    return coalesce(this.#lost.flatMap(({ plan }) => plan.pages));
  }

  get #lost(): readonly Work[] {
    if (!this.#failed) return [];
    const { verify } = this.#options;
    return this.#kept.filter(
      ({ report }) =>
        report.programmed < report.planned || (verify !== "none" && report.verified === undefined),
    );
  }

  /**
   * Does the work. Throws before anything is erased if the image does not fit, or later what the flash or the
   * target said.
   */
  async commit(): Promise<FlashReport> {
    const plans = planImage(this.image, this.#flashes);
    this.#sectors.length = 0;
    this.#kept.length = 0;
    this.#done.length = 0;
    this.#at = undefined;
    this.#failed = true;
    for (const plan of plans) await this.#mustBeAllowed(plan);
    for (const plan of plans) await this.#closing(plan.region, () => this.#region(plan));
    // Work in one region may have reached into those before it, so they are looked at again.
    const last = this.#done.findLastIndex(({ work }) => work.some(({ report }) => !report.skipped));
    for (const { region, work } of this.#done.slice(0, Math.max(last, 0)))
      await this.#closing(region, () => this.#seeAgain(region, work));
    if (this.#options.verify === "read") this.#readSha256 = await sha256(await this.#readBack());
    this.#failed = false;
    return this.report();
  }

  /** Asks for consent before anything is erased. Reads what must be kept first. */
  async #mustBeAllowed({ region, sectors }: RegionPlan<FlashDriver>): Promise<void> {
    if (this.#erasesWhole(region)) {
      await mustMayErase(region.consent, region.name);
      const { start: address, size } = region;
      const pages = sectors.flatMap((sector) => sector.pages);
      await this.#mustNotLock(region, { address, size, pages, whole: true });
      return;
    }
    const { keep, erase } = this.#options;
    for (const sector of sectors)
      if (sector.whole || (keep !== true && erase !== "none")) await this.#mustNotLock(region, sector);
  }

  async #mustNotLock(region: FlashDriver, plan: SectorPlan): Promise<void> {
    const { erase, mayLock = false } = this.#options;
    await mustNotLock(region, plan, { erases: erase !== "none", mayLock });
  }

  #erasesWhole(region: FlashDriver): boolean {
    const { erase = "sector" } = this.#options;
    return erase === "chip" || (erase === "sector" && !region.erasesSectors);
  }

  async #closing(region: FlashDriver, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const ending = await region.close().then(
        () => undefined,
        (later: unknown) => asFailure(later),
      );
      // A stack overflow explains the earlier failure; any other error while ending is only a consequence.
      if (ending?.fault.kind !== "stack-overflow") throw error;
      throw new FlashFailure(ending.fault as FlashFault, ending.message, error);
    }
    try {
      await region.close();
    } catch (error) {
      // A region that ends like this has proved nothing.
      for (const report of this.#sectors) if (report.region === region.name) report.verified = undefined;
      throw error;
    }
  }

  async #seeAgain(region: FlashDriver, work: readonly Work[]): Promise<void> {
    if (this.#options.verify === "none") return;
    const seen = work.filter(({ report }) => report.verified !== "algorithm");
    const believed = work.filter(({ report }) => report.verified === "algorithm");
    for (const { report } of work) report.verified = undefined;
    await this.#options.beforeVerify?.();
    await this.#verify(region, seen, "crc");
    await this.#verify(region, believed, "auto");
    this.#judgeSeen(region, work);
  }

  async #region({ region, sectors }: RegionPlan<FlashDriver>): Promise<void> {
    const { erase = "sector" } = this.#options;
    // Without an erase the other bytes stay anyway, and blanks must not be programmed over them.
    const keep = this.#options.keep === true || erase === "none";
    const work: Work[] = [];
    for (const sector of sectors) {
      const old = keep && !sector.whole ? await readTwice(region, sector) : undefined;
      const plan =
        old === undefined
          ? sector
          : planSector(this.image, region, sector, { old, erased: erase !== "none" });
      if (plan !== sector) await this.#mustNotLock(region, plan);
      const planned = plan.pages.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const { address, size } = sector;
      const report: SectorReport = {
        region: region.name,
        address,
        size,
        planned,
        erase: "no",
        programmed: 0,
        skipped: false,
        verified: undefined,
      };
      const keeps = old !== undefined && plan.pages.some((page) => holdsMore(this.image, region, page));
      work.push({ plan, report, keeps });
      this.#sectors.push(report);
    }
    this.#done.push({ region, work });
    await this.#compare(region, work);
    const changed = work.filter(({ report }) => !report.skipped);
    if (changed.length === 0) return;
    // Erasing and programming may reach further than they should, so skipped sectors are looked at again.
    const unchanged = work.filter(({ report }) => report.skipped);
    for (const { report } of unchanged) report.verified = undefined;
    await this.#erase(region, changed);
    await this.#program(region, changed);
    await region.end();
    if (this.#options.verify === "none") return;
    await this.#options.beforeVerify?.();
    await this.#verify(region, changed, this.#options.verify === "read" ? "read" : "auto");
    await this.#verify(region, unchanged, "crc");
    this.#judgeSeen(region, work);
  }

  /** Finds out what can be skipped: sectors that hold their content already, and those that are erased. */
  async #compare(region: FlashDriver, work: readonly Work[]): Promise<void> {
    const { erase = "sector", force = false, verify } = this.#options;
    if (erase === "chip" || force) return;
    const asked = { blank: erase === "sector", proved: verify !== "none" };
    let done = 0;
    const total = totalOf(work);
    this.#tell("compare", region, region.start, 0, total);
    for (const group of groupsOf(work)) {
      const plans = group.map(({ plan }) => plan);
      this.#reach("compare", region, spanOf(plans).address);
      const held = await whatIsHeld(region, plans, asked);
      for (const [index, { report }] of group.entries()) {
        report.skipped = held[index] === "wanted";
        if (report.skipped) report.verified = "crc";
        if (held[index] === "blank") report.erase = "blank";
        done += report.planned;
      }
      this.#tell("compare", region, spanOf(plans).address, done, total);
    }
    await region.end();
  }

  async #erase(region: FlashDriver, work: readonly Work[]): Promise<void> {
    const { erase = "sector" } = this.#options;
    if (erase === "none") return;
    const needed = work.filter(({ report }) => report.erase !== "blank");
    if (needed.length === 0) return;
    const total = needed.reduce((sum, { plan }) => sum + plan.size, 0);
    this.#tell("erase", region, region.start, 0, total);
    const whole = this.#erasesWhole(region);
    if (whole && region.erasesAll) {
      this.#reach("erase", region, region.start);
      append(
        this.#kept,
        work.filter(({ keeps }) => keeps),
      );
      await region.begin("erase");
      await region.eraseAll();
      for (const { report } of work) report.erase = "erased";
      this.#tell("erase", region, region.start, total, total);
      return;
    }
    let done = 0;
    await region.begin("erase", spanOf(needed.map(({ plan }) => plan)));
    for (const one of needed) {
      const { plan, report } = one;
      this.#reach("erase", region, plan.address);
      if (one.keeps) this.#kept.push(one);
      try {
        await region.eraseSector(plan.address);
      } catch (error) {
        throw await eraseEvidence(error, region, plan);
      }
      report.erase = "erased";
      done += plan.size;
      this.#tell("erase", region, plan.address, done, total);
    }
  }

  async #program(region: FlashDriver, work: readonly Work[]): Promise<void> {
    const total = totalOf(work);
    let done = 0;
    this.#tell("program", region, region.start, 0, total);
    const owner = new Map<Page, SectorReport>(
      work.flatMap(({ plan, report }) => plan.pages.map((page) => [page, report] as const)),
    );
    const order = [...owner.keys()];
    let programmed = 0;
    /** The first page that is not known to be programmed; the one behind it may be under way too. */
    const reach = (): void => {
      const page = order[programmed];
      const report = page === undefined ? undefined : owner.get(page);
      if (report !== undefined) this.#reach("program", region, report.address, page?.address);
    };
    reach();
    await region.begin("program", spanOf(work.map(({ plan }) => plan)));
    function* pages(): Generator<Page> {
      for (const page of order) {
        reach();
        yield page;
      }
    }
    try {
      await region.program(pages(), (page) => {
        const report = owner.get(page);
        programmed += 1;
        if (report !== undefined) report.programmed += page.bytes.length;
        done += page.bytes.length;
        reach();
        this.#tell("program", region, page.address, done, total);
      });
    } catch (error) {
      const page = order[programmed];
      const report = page === undefined ? undefined : owner.get(page);
      throw page === undefined || report === undefined
        ? error
        : await programEvidence(error, region, { page, report });
    }
  }

  async #verify(region: FlashDriver, work: readonly Work[], how: "auto" | "crc" | "read"): Promise<void> {
    if (work.length === 0) return;
    const total = totalOf(work);
    let done = 0;
    this.#tell("verify", region, region.start, 0, total);
    for (const group of groupsOf(work)) {
      const plans = group.map(({ plan }) => plan);
      this.#reach("verify", region, spanOf(plans).address);
      const toProve = group.map(({ plan, report }) => ({ plan, erased: report.erase !== "no" }));
      const reports = group.map(({ report }) => report);
      const way = await prove(region, toProve, how).catch((error: unknown) => {
        throw proofEvidence(error, region.erased, reports);
      });
      for (const { report } of group) {
        report.verified = way;
        done += report.planned;
      }
      if (way === "algorithm") this.#mayBeBelieved(region, spanOf(plans).address);
      this.#tell("verify", region, spanOf(plans).address, done, total);
    }
    await region.end();
  }

  /** Counts only the algorithm's word if an unanswered bus would have read the same. */
  #judgeSeen(region: FlashDriver, work: readonly Work[]): void {
    const seen = work.filter(({ report }) => report.verified !== "algorithm");
    const [first] = seen;
    if (first === undefined) return;
    if (
      areTelling(
        region,
        seen.flatMap(({ plan }) => plan.pages),
      )
    )
      return;
    for (const { report } of seen) report.verified = "algorithm";
    this.#mayBeBelieved(region, first.plan.address);
  }

  /** Throws `not-proved` if a proof is required. */
  #mayBeBelieved(region: FlashDriver, address: number): void {
    if (this.#options.proof === "required") throw notProved(region, address, "was programmed");
  }

  /** Reads the bytes of the image back from the flash, skipped ones included. Throws `differs`. */
  async #readBack(): Promise<readonly Uint8Array[]> {
    const parts: Uint8Array[] = [];
    for (const { address, bytes } of this.image.parts) {
      const flash = this.#flashes.find((one) => contains(one, address));
      if (flash === undefined) continue;
      const found = await flash.read(address, bytes.length);
      parts.push(found);
      const offset = found.findIndex((byte, index) => byte !== bytes[index]);
      if (offset < 0) continue;
      const at = address + offset;
      const wrong = this.#sectors.find((one) => one.address <= at && at < one.address + one.size);
      if (wrong !== undefined) {
        wrong.verified = undefined;
        this.#at = { step: "verify", region: wrong.region, sector: wrong.address };
      }
      throw differs(at, bytes[offset] ?? 0, { byte: found[offset] ?? 0, erased: flash.erased });
    }
    return parts;
  }

  #tell(step: FlashStep, { name }: FlashDriver, address: number, done: number, total: number): void {
    this.#options.onProgress?.({ step, region: name, address, done, total });
  }

  #check(): void {
    this.#options.signal?.throwIfAborted();
  }

  /** Notes where the work is, for a report of a failure; the next step is a good place to be interrupted. */
  #reach(step: FlashStep, { name }: FlashDriver, sector: number, page?: number): void {
    this.#at = { step, region: name, sector, ...(page === undefined ? {} : { page }) };
    this.#check();
  }
}

/** True if bytes outside the image are not erased. */
function holdsMore(image: FlashImage, { erased }: FlashDriver, { address, bytes }: Page): boolean {
  const rest = Uint8Array.from(bytes);
  for (const part of image.within(address, bytes.length))
    rest.fill(erased, part.offset, part.offset + part.bytes.length);
  return rest.some((byte) => byte !== erased);
}

function totalOf(work: readonly Work[]): number {
  return work.reduce((sum, { report }) => sum + report.planned, 0);
}
