/** The flows' own accesses to port, core and lines, in CoreSight's terms. Knows no order: that is flow.ts's. */
import {
  architectureOf,
  coreName,
  CortexM,
  type Architecture,
  type CoreState,
} from "../coresight/cortex-m.ts";
import type { DapLink, LinkSettings } from "../coresight/link.ts";
import type { MemAp } from "../coresight/mem-ap.ts";
import { decode, DPIDR, IDR, field } from "../coresight/registers.ts";
import { hex32 } from "../lib/hex.ts";
import type { TargetAccess } from "./debug-access.ts";

/** nRESET, nTRST and SWCLK: the lines that a broken-off run may have left low. */
const RELEASED = 0xa1;

export class Target {
  readonly core: CortexM;
  readonly memory: MemAp;
  readonly #link: DapLink;
  readonly #access: TargetAccess;
  readonly #ap: number;
  architecture: Architecture | undefined;

  constructor(link: DapLink, access: TargetAccess, ap: number) {
    this.#link = link;
    this.#access = access;
    this.#ap = ap;
    this.memory = access.memory(ap);
    this.core = new CortexM(this.memory, access.dp.wire.clock);
  }

  async open(settings: LinkSettings): Promise<void> {
    await this.#link.connect(settings);
    await this.#link.status("connected", true);
  }

  async identifyPort(): Promise<string> {
    const dpidr = await this.#access.dp.readReg(0x0, "read of DPIDR");
    return `${decode(DPIDR, dpidr)} (DPv${field(DPIDR, "VERSION", dpidr)})`;
  }

  async identifyAccessPort(): Promise<string> {
    const idr = await this.#access.dp.readAp(this.#ap, IDR.address);
    const csw = await this.#access.dp.readAp(this.#ap, 0x00);
    this.memory.noteWrite(0x00, csw);
    return `AP ${this.#ap} ${decode(IDR, idr)}; CSW ${hex32(csw)}`;
  }

  async identifyCore(): Promise<string> {
    const cpuid = await this.core.readCpuid();
    this.architecture = architectureOf(cpuid);
    return `CPUID ${hex32(cpuid)}: ${coreName(cpuid)}, Arm${this.architecture}`;
  }

  state(): Promise<CoreState> {
    return this.core.state();
  }

  halt(): Promise<void> {
    return this.core.halt();
  }

  async resume(): Promise<void> {
    await this.core.resume();
    await this.#link.status("running", true);
  }

  /** A reset may have changed what SELECT, CSW and TAR hold. */
  dropCaches(): void {
    this.#access.dp.wire.forget();
  }

  async releaseLines(): Promise<void> {
    await this.#link.run([{ kind: "pins", output: RELEASED, select: RELEASED, waitUs: 0 }], "stop-at-fault");
  }

  async close(): Promise<void> {
    try {
      await this.#link.status("running", false);
      await this.#link.status("connected", false);
      await this.#link.disconnect();
    } finally {
      await this.#link.close();
    }
  }
}
