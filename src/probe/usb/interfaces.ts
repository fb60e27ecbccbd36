/**
 * Finds the interfaces of a USB device that may carry CMSIS-DAP, and how sure that is. Looks at descriptors
 * and strings; opens nothing.
 */
import type { KnownProbe } from "./known.ts";
import type { UsbEndpoint, UsbInterface, UsbStrings } from "./port.ts";

const HID_CLASS = 0x03;
const VENDOR_CLASS = 0xff;
/**
 * This is the highest class that a specification of USB devices gives to something else; KitProg3 reports 0
 * for its interface.
 */
const LAST_COMMON_CLASS = 0x12;
/** Clones write CMSIS_DAP (c251:f001). */
const NAME = /CMSIS[-_]DAP/i;

export interface BulkInterface {
  readonly number: number;
  readonly output: UsbEndpoint;
  readonly input: UsbEndpoint;
  /** The third endpoint, if the probe streams SWO. */
  readonly swo?: UsbEndpoint;
  /** True if only its shape speaks for it: another kind of interface may look alike. */
  readonly isGuess: boolean;
}

export interface HidInterface {
  readonly number: number;
  readonly input: UsbEndpoint;
  readonly output?: UsbEndpoint;
  /** The bytes of a report. */
  readonly reportBytes: number;
  /** True if its name, or the table of known probes, says that it is the one. */
  readonly isSure: boolean;
}

export interface Facts {
  readonly interfaces: readonly UsbInterface[];
  readonly strings: UsbStrings;
  readonly known: KnownProbe | undefined;
}

/** Returns true if a person would take a device of this name for a probe, whatever its interfaces are. */
export function isCalledProbe(product: string): boolean {
  return saysCmsisDap(product) || /DAPLink/i.test(product);
}

/** Returns true if a name of a device or interface says that it is a probe. */
function saysCmsisDap(name: string): boolean {
  return NAME.test(name);
}

/**
 * The documentation asks for an interface string that contains "CMSIS-DAP" and for bulk OUT, bulk IN, optional SWO IN in
 * this order ("Configure USB interface"). If no interface has such a string, the first nameless one of a probe that fits
 * is a guess.
 */
export function bulkInterface({ interfaces, strings, known }: Facts): BulkInterface | undefined {
  if (known?.speaks?.includes("v2") === false) return undefined;
  const named = interfaces.filter((one) => saysCmsisDap(nameOf(one, strings)) && isUncommon(one));
  const isProbe = known !== undefined || saysCmsisDap(strings.product);
  // A probe that is known to speak v2 need not have the right class either.
  const fits = known?.speaks?.includes("v2") === true ? mayBeNamedBulk : looksLikeBulk;
  const nameless = isProbe ? interfaces.filter((one) => nameOf(one, strings) === "" && fits(one)) : [];
  const inOrder = nameless.toSorted((a, b) => Number(inBefore(a)) - Number(inBefore(b)));
  return (
    named.map((one) => pairOf(one, false)).find((pair) => pair !== undefined) ??
    inOrder.map((one) => pairOf(one, true)).find((pair) => pair !== undefined)
  );
}

/**
 * Returns true if it has the class and the endpoints that the documentation requires, for a device that may
 * not be asked for its names.
 */
export function looksLikeBulk(one: UsbInterface): boolean {
  return one.usbClass === VENDOR_CLASS && one.subclass === 0 && pairOf(one, true) !== undefined;
}

/** Returns true if its name could make it one, so that asking for the name is worthwhile. */
export function mayBeNamedBulk(one: UsbInterface): boolean {
  return isUncommon(one) && pairOf(one, true) !== undefined;
}

/** Boot keyboards and mice (subclass 1) of a composite board are never the probe. */
export function hidInterface({ interfaces, strings, known }: Facts): HidInterface | undefined {
  if (known?.speaks?.includes("v1") === false) return undefined;
  const candidates = interfaces.filter(isHid);
  const byTable = candidates.find(({ number }) => number === known?.hidInterface);
  const isProbe = known !== undefined || saysCmsisDap(strings.product);
  const sure = byTable ?? candidates.find((one) => saysCmsisDap(nameOf(one, strings)));
  const found =
    sure ?? (isProbe ? (candidates.find((one) => nameOf(one, strings) === "") ?? candidates[0]) : undefined);
  if (found === undefined) return undefined;
  const interrupt = found.endpoints.filter(({ type }) => type === "interrupt");
  const input = interrupt.find(isInput);
  const output = interrupt.find((endpoint) => !isInput(endpoint));
  if (input === undefined) return undefined;
  return {
    number: found.number,
    input,
    ...(output === undefined ? {} : { output }),
    reportBytes: Math.max(known?.reportBytes ?? 0, (output ?? input).maxPacketSize),
    isSure: found === sure,
  };
}

export function isHid({ usbClass, subclass }: UsbInterface): boolean {
  return usbClass === HID_CLASS && subclass === 0;
}

function nameOf({ number }: UsbInterface, strings: UsbStrings): string {
  return strings.interfaces.get(number) ?? "";
}

/** Its name may be believed, because no class that is known by its number claims the device. */
function isUncommon({ usbClass }: UsbInterface): boolean {
  return usbClass === 0 || usbClass > LAST_COMMON_CLASS;
}

function isInput({ address }: UsbEndpoint): boolean {
  return (address & 0x80) !== 0;
}

function inBefore({ endpoints }: UsbInterface): boolean {
  const [first] = endpoints.filter(({ type }) => type === "bulk");
  return first !== undefined && isInput(first);
}

function pairOf({ number, endpoints }: UsbInterface, isGuess: boolean): BulkInterface | undefined {
  const bulk = endpoints.filter(({ type }) => type === "bulk");
  const output = bulk.find((endpoint) => !isInput(endpoint));
  const [input, swo] = bulk.filter(isInput);
  if (output === undefined || input === undefined) return undefined;
  return { number, output, input, ...(swo === undefined ? {} : { swo }), isGuess };
}
