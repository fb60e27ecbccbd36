/**
 * Maps the private peripheral bus of a core, with the places of its registers (Armv7-M B3.2 and C1.6, Armv8-M
 * D1.1).
 */
import { identification } from "../port/component-id.ts";
import type { ComponentId } from "../port/component-id.ts";
import type { CortexM } from "./cortex-m.ts";
import { wordDevice, type Device, type ResetKind } from "../bus/device.ts";
import { romTable, ROM_TABLE_SIZE } from "../port/rom-table.ts";

const ITM = 0xe000_0000;
const DWT = 0xe000_1000;
const FPB = 0xe000_2000;
const SCS = 0xe000_e000;
const CORE_ROM_TABLE = 0xe00f_f000;

const CPUID = 0xd00;
const AIRCR = 0xd0c;
const DFSR = 0xd30;
const DHCSR = 0xdf0;
const DCRSR = 0xdf4;
const DCRDR = 0xdf8;
const DEMCR = 0xdfc;
const MVFR0 = 0xf40;
const DAUTHSTATUS = 0xfb8;

const VECTKEY = 0x05fa;
const VECTKEYSTAT = 0xfa05;
const SYSRESETREQ = 1 << 2;
const VECTRESET = 1 << 0;
/** These are MVFR0 to MVFR2 of a single-precision FPU (Armv7-M B4.7). */
const MVFR = [0x1011_0021, 0x1100_0011, 0x0000_0040] as const;
/** Everything is allowed, secure and non-secure (Armv8-M D1.2.34). */
const ALL_DEBUG_ALLOWED = 0xff;
/** The same, but SID and SNID say that secure debug exists and is not allowed. */
const SECURE_DEBUG_DENIED = 0xaf;

export interface PlacedDevice {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly device: Device;
}

export interface ResetRequests {
  system(): void;
  core(): void;
}

/** Returns what a core brings onto its bus. */
export function privatePeripherals(core: CortexM, requests: ResetRequests): readonly PlacedDevice[] {
  const { part } = core;
  const name = (block: string): string => `${core.settings.name} ${block}`;
  const placed: PlacedDevice[] = [
    { name: name("DWT"), start: DWT, size: 0x1000, device: core.watchpoints.device },
    { name: name("FPB"), start: FPB, size: 0x1000, device: core.breakpoints.device },
    { name: name("SCS"), start: SCS, size: 0x1000, device: systemControl(core, requests) },
  ];
  if (part.itm !== undefined)
    placed.push({ name: name("ITM"), start: ITM, size: 0x1000, device: plain(part.itm, []) });
  const components = [SCS, DWT, FPB, ...(part.itm === undefined ? [] : [ITM])];
  placed.push({
    name: name("ROM table"),
    start: CORE_ROM_TABLE,
    size: ROM_TABLE_SIZE,
    device: romTable({
      start: CORE_ROM_TABLE,
      id: { ...part.romTable, ...core.settings.romTable },
      components,
      systemMemory: true,
    }),
  });
  return placed;
}

/** Makes registers that keep what is written, with an identification at their end. */
function plain(id: ComponentId, initial: readonly (readonly [number, number])[]): Device {
  const values = new Map<number, number>(initial);
  return {
    ...wordDevice({
      still: () => true,
      read: (offset) => identification(id, offset) ?? values.get(offset) ?? 0,
      write: (offset, value) => {
        if (identification(id, offset) === undefined) values.set(offset, value);
        return undefined;
      },
    }),
    reset(kind: ResetKind): void {
      if (kind !== "power") return;
      values.clear();
      for (const [offset, value] of initial) values.set(offset, value);
    },
  };
}

function systemControl(core: CortexM, requests: ResetRequests): Device {
  const kept = new Map<number, number>();
  const v8 = core.part.architecture.startsWith("v8");
  const read = (offset: number): number => {
    switch (offset) {
      case CPUID:
        return core.cpuid;
      case AIRCR:
        return ((VECTKEYSTAT << 16) | (kept.get(AIRCR) ?? 0)) >>> 0;
      case DFSR:
        return core.dfsr;
      case DHCSR:
        return core.readDhcsr();
      case DCRDR:
        return core.dcrdr;
      case DEMCR:
        return core.demcr;
      case DCRSR:
        return 0;
      case DAUTHSTATUS:
        if (!v8) return 0;
        return core.allowsSecureDebug ? ALL_DEBUG_ALLOWED : SECURE_DEBUG_DENIED;
      default:
        break;
    }
    if (offset >= MVFR0 && offset < MVFR0 + 12) return core.part.fpu ? (MVFR[(offset - MVFR0) >> 2] ?? 0) : 0;
    return identification(core.part.scs, offset) ?? core.executor.readSystem(offset);
  };
  const write = (offset: number, value: number): undefined => {
    switch (offset) {
      case CPUID:
      case DAUTHSTATUS:
        return;
      case AIRCR:
        if (value >>> 16 !== VECTKEY) return;
        kept.set(AIRCR, value & 0x0700);
        core.executor.writeSystem(AIRCR, ((VECTKEY << 16) | (value & 0x0700)) >>> 0);
        if ((value & SYSRESETREQ) !== 0) requests.system();
        else if ((value & VECTRESET) !== 0 && core.part.architecture === "v7-M") requests.core();
        return;
      case DFSR:
        core.clearDfsr(value);
        return;
      case DHCSR:
        core.writeDhcsr(value);
        return;
      case DCRSR:
        core.writeDcrsr(value);
        return;
      case DCRDR:
        core.dcrdr = value;
        return;
      case DEMCR:
        core.demcr = value;
        return;
      default:
        if (identification(core.part.scs, offset) === undefined) core.executor.writeSystem(offset, value);
    }
  };
  const still = (offset: number): boolean => offset >= CPUID;
  const peek = (offset: number): number => (offset === DHCSR ? core.peekDhcsr() : read(offset));
  return {
    ...wordDevice({ read, write, still }),
    peek: (offset, size) => wordDevice({ read: peek, write }).read(offset, size),
    reset: () => {
      kept.clear();
    },
  };
}
