/**
 * Makes an access port of ADIv6 a component of 4 KiB, on the debug port's own bus or in the memory behind
 * another access port. Register layout: ADIv6.0 (IHI 0074), C2.6; identification: part numbers of CoreSight
 * SoC-600.
 */
import { identification } from "./component-id.ts";
import type { ComponentId } from "./component-id.ts";
import { wordDevice, type Device } from "../bus/device.ts";
import type { MemAp } from "./mem-ap.ts";

export const AP_SIZE = 0x1000;

/** Direct accesses to the KiB around TAR end here. */
const DIRECT_END = 0x400;
const REGISTERS = 0xd00;
const REGISTERS_END = 0xe00;
const MANAGEMENT = 0xf00;
/** The value means Arm, MEM-AP version 2. */
const DEVARCH_MEM_AP = 0x4770_0a17;
const PARTS = { apb: 0x9e2, ahb: 0x9e3, axi: 0x9e4 } as const;

export function apDevice(ap: MemAp, kind: keyof typeof PARTS): Device {
  const id: ComponentId = {
    part: PARTS[kind],
    bank: 4,
    code: 0x3b,
    revision: 0,
    componentClass: 9,
    devarch: DEVARCH_MEM_AP,
    devtype: 0,
  };
  const registers = wordDevice({
    read: (offset) => {
      if (offset < DIRECT_END) return ap.direct("read", offset);
      if (offset >= REGISTERS && offset < REGISTERS_END) return ap.read(offset - REGISTERS);
      return offset >= MANAGEMENT ? (identification(id, offset) ?? 0) : 0;
    },
    write: (offset, value) => {
      if (offset < DIRECT_END) return ap.direct("write", offset, value) === "error" ? "error" : undefined;
      return offset >= REGISTERS && offset < REGISTERS_END ? ap.write(offset - REGISTERS, value) : undefined;
    },
    still: () => true,
  });
  return { ...registers, isAccessPort: true };
}

/** While its power domain is off the component does not answer. */
export function gated(device: Device, isOn: () => boolean): Device {
  return {
    ...device,
    read: (offset, size) => (isOn() ? device.read(offset, size) : "error"),
    write: (offset, size, value) => (isOn() ? device.write(offset, size, value) : "error"),
  };
}
