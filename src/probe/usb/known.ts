/**
 * Lists probes that are known by their USB ids, with their names and where they differ from the
 * specification. Each row has its source. Other facts are read from the descriptors and from the probe
 * itself.
 */

/** Says who has seen dbgseq work with it. */
export type SeenBy = "none yet" | "the virtual machine" | `report: ${string}`;

export interface KnownProbe {
  readonly vendorId: number;
  readonly productId: number;
  readonly name: string;
  /** The only generations that it speaks, if its other interfaces look as if they spoke one too. */
  readonly speaks?: readonly ("v2" | "v1")[];
  /** The number of the HID interface that carries CMSIS-DAP, if there are several. */
  readonly hidInterface?: number;
  /** The bytes of a HID report, if that is more than one packet of the endpoint. */
  readonly reportBytes?: number;
  /** The bytes of a packet as DAP_Info reports them, by its firmware's source; for the documents. */
  readonly packetBytes?: number;
  readonly lacks?: readonly string[];
  /** True if all of its kind have the same serial number. */
  readonly sharesSerial?: boolean;
  /** The oldest firmware without known faults, as bcdDevice, and the fault of older ones. */
  readonly goodSince?: { readonly release: number; readonly before: string };
  /** Firmware from this bcdDevice on stops for good at DAP_QueueCommands; no fixed one is known. */
  readonly stopsAtQueueSince?: number;
  readonly note?: string;
  readonly source: string;
  readonly seenBy: SeenBy;
}

const PYOCD = "pyOCD, pyocd/probe/pydapaccess/interface/common.py";
const OPENOCD_REPORTS = "OpenOCD, src/jtag/drivers/cmsis_dap_usb_hid.c, report_size_quirks";
const ATMEL = 0x03eb;
const CYPRESS = 0x04b4;
const KEIL = 0xc251;
const NXP = 0x1fc9;

/** Atmel's tools of the third generation stay silent until a report has 512 bytes; their vendor interfaces carry other protocols. */
function atmel(productId: number, name: string, seenBy: SeenBy = "none yet"): KnownProbe {
  return {
    ...{ vendorId: ATMEL, productId, name, speaks: ["v1"], reportBytes: 512 },
    ...{ source: OPENOCD_REPORTS, seenBy },
  };
}

function cypress(
  productId: number,
  name: string,
  speaks: "v2" | "v1",
  seenBy: SeenBy = "none yet",
): KnownProbe {
  const firmware = speaks === "v2" ? { note: "its bulk interface may have class 0" } : {};
  return {
    ...{ vendorId: CYPRESS, productId, name, speaks: [speaks], ...firmware },
    ...{ source: `${PYOCD}; OpenOCD, src/jtag/drivers/cmsis_dap_usb_bulk.c`, seenBy },
  };
}

export const KNOWN_PROBES: readonly KnownProbe[] = [
  {
    ...{ vendorId: 0x0d28, productId: 0x0204, name: "Arm DAPLink (micro:bit, DISCO-L475VG, FRDM boards)" },
    lacks: ["DAP_QueueCommands, though it claims atomic commands"],
    note: "answers DAP_TransferAbort with 0xFF",
    source: `${PYOCD}; DAPLink, source/daplink/cmsis-dap/DAP.c and DAP.h`,
    seenBy: "the virtual machine",
  },
  {
    ...{ vendorId: 0x2e8a, productId: 0x000c, name: "Raspberry Pi Debug Probe, debugprobe on a Pico" },
    packetBytes: 64,
    lacks: ["nRESET on the Debug Probe (it reads as 0)"],
    stopsAtQueueSince: 0x0230,
    goodSince: { release: 0x0220, before: "firmware before 2.2.0 loses packets" },
    note: "before 2.3.0 it holds one packet less than it says; answers DAP_TransferAbort with 0xFF",
    source:
      "debugprobe, include/board_debug_probe_config.h and src/tusb_edpt_handler.c; probe-rs, probe-rs/src/probe/cmsisdap/tools.rs, denylist",
    seenBy: "the virtual machine",
  },
  atmel(0x2111, "Microchip EDBG (Xplained Pro)"),
  atmel(0x2140, "Microchip JTAGICE3 (firmware 3 and later)"),
  atmel(0x2141, "Microchip Atmel-ICE", "the virtual machine"),
  atmel(0x2144, "Microchip Power Debugger"),
  atmel(0x2157, "Microchip ZERO (EDBG family)"),
  atmel(0x2169, "Microchip EDBG with mass storage"),
  atmel(0x216a, "Microchip EDBG for third parties"),
  atmel(0x2170, "Microchip Kraken (EDBG family)"),
  {
    ...{ vendorId: ATMEL, productId: 0x2145, name: "Microchip mEDBG (Xplained Mini)", speaks: ["v1"] },
    ...{ source: PYOCD, seenBy: "none yet" },
  },
  {
    ...{ vendorId: ATMEL, productId: 0x216c, name: "Microchip EDBGC", speaks: ["v1"] },
    ...{ source: PYOCD, seenBy: "none yet" },
  },
  {
    ...{ vendorId: ATMEL, productId: 0x2175, name: "Microchip nEDBG (Curiosity Nano)", speaks: ["v1"] },
    ...{ source: PYOCD, seenBy: "none yet" },
  },
  cypress(0xf138, "Cypress KitProg1, KitProg2 in CMSIS-DAP mode", "v1"),
  cypress(0xf148, "Cypress KitProg1, KitProg2 in CMSIS-DAP mode", "v1"),
  cypress(0xf151, "Infineon MiniProg4 (bulk)", "v2"),
  cypress(0xf152, "Infineon MiniProg4 (HID)", "v1"),
  cypress(0xf154, "Infineon KitProg3 (HID)", "v1"),
  cypress(0xf155, "Infineon KitProg3 (bulk)", "v2", "the virtual machine"),
  cypress(0xf166, "Infineon KitProg3 (bulk, two UARTs)", "v2"),
  {
    ...{ vendorId: NXP, productId: 0x0090, name: "NXP LPC-Link2", hidInterface: 0 },
    note: "its other HID interfaces carry other protocols",
    source: "OpenOCD, src/jtag/drivers/cmsis_dap_usb_hid.c",
    seenBy: "none yet",
  },
  {
    ...{ vendorId: NXP, productId: 0x0143, name: "NXP MCU-Link" },
    note: "several HID interfaces; the one of usage page 0xFF00 carries CMSIS-DAP",
    source: `${PYOCD}, CMSIS_DAP_IDS_TO_FILTER_BY_USAGE_PAGE`,
    seenBy: "none yet",
  },
  {
    ...{ vendorId: KEIL, productId: 0x2750, name: "Keil ULINKplus" },
    ...{ source: PYOCD, seenBy: "none yet" },
  },
  {
    ...{ vendorId: KEIL, productId: 0x2722, name: "Keil ULINK2 (CMSIS-DAP firmware)", speaks: ["v1"] },
    ...{ source: "OpenOCD 0.9, cmsis_dap_usb.c, known pairs", seenBy: "none yet" },
  },
  {
    ...{ vendorId: KEIL, productId: 0xf001, name: "LPC-Link-II firmware of Keil, and clones of it" },
    note: 'some clones call themselves "CMSIS_DAP"',
    source: "OpenOCD 0.9, cmsis_dap_usb.c, known pairs; probe-rs issue 1601",
    seenBy: "none yet",
  },
  {
    ...{ vendorId: KEIL, productId: 0xf002, name: "OpenSDA with CMSIS-DAP firmware of Keil" },
    ...{ source: "OpenOCD 0.9, cmsis_dap_usb.c, known pairs", seenBy: "none yet" },
  },
  ...[
    { vendorId: 0x1a86, productId: 0x8011 },
    { vendorId: 0x2a86, productId: 0x8011 },
    { vendorId: 0x1a86, productId: 0x8012 },
  ].map((ids): KnownProbe => ({
    ...{ ...ids, name: "WCH-Link in Arm mode", sharesSerial: true },
    note: "serial number 0001A0000001 in many",
    source: `${PYOCD}; probe-rs, probe-rs/src/probe/cmsisdap/tools.rs; probe-rs issue 1142`,
    seenBy: "none yet",
  })),
  {
    ...{ vendorId: 0x30cc, productId: 0x9527, name: "VEGA VT-LinkII" },
    ...{ source: PYOCD, seenBy: "none yet" },
  },
  {
    ...{ vendorId: 0x0483, productId: 0x572a, name: "STM32F103 CMSIS-DAP of RadioOperator" },
    ...{ source: "pyOCD, udev rules (pull request 1509)", seenBy: "none yet" },
  },
];

export function knownProbe(device: {
  readonly vendorId: number;
  readonly productId: number;
}): KnownProbe | undefined {
  return KNOWN_PROBES.find(
    ({ vendorId, productId }) => vendorId === device.vendorId && productId === device.productId,
  );
}

/** Returns a sentence about firmware that is known to be faulty, or undefined if no fault is known. */
export function oldFirmware(
  { release }: { readonly release: number },
  known: KnownProbe | undefined,
): string | undefined {
  const good = known?.goodSince;
  if (known === undefined || good === undefined || release >= good.release) return undefined;
  return `this ${known.name} has version ${versionOf(release)}, and ${good.before}: update it to ${versionOf(good.release)} or later`;
}

export function stopsAtQueue(
  { release }: { readonly release: number },
  known: KnownProbe | undefined,
): boolean {
  return known?.stopsAtQueueSince !== undefined && release >= known.stopsAtQueueSince;
}

/** Writes bcdDevice as makers do: 0x0223 is 2.2.3. */
export function versionOf(release: number): string {
  return [release >> 8, (release >> 4) & 0xf, release & 0xf].map((part) => part.toString(16)).join(".");
}
