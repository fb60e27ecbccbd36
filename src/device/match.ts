/** Finds the device that a person means among the names a pack has. Knows names only. */
import { nearest } from "../lib/nearest.ts";

export interface DeviceName {
  readonly vendor: string;
  readonly name: string;
  readonly variantOf?: string;
}

export interface DeviceRequest {
  readonly vendor?: string;
  readonly device: string;
  readonly pname?: string;
}

/** `Device`, `Vendor::Device` or `Vendor::Device:Pname`. */
export function parseDevice(text: string): DeviceRequest {
  const [first = "", second] = text.split("::", 2);
  const rest = second ?? first;
  const colon = rest.lastIndexOf(":");
  return {
    device: colon < 0 ? rest : rest.slice(0, colon),
    ...(second === undefined ? {} : { vendor: first }),
    ...(colon < 0 ? {} : { pname: rest.slice(colon + 1) }),
  };
}

export type Match<T> =
  | { readonly kind: "found"; readonly device: T }
  | { readonly kind: "ambiguous"; readonly candidates: readonly T[] }
  | { readonly kind: "unknown"; readonly near: readonly string[] };

/**
 * Without regard to case: the exact name; then a name whose trailing `x` stand for what a chip marking says there; then
 * the only name that begins so. A device and its own variants count as one: the device.
 */
export function matchDevice<T extends DeviceName>(request: DeviceRequest, devices: readonly T[]): Match<T> {
  const vendor = request.vendor?.toLowerCase();
  const wanted = request.device.toLowerCase();
  const pool = devices.filter((device) => vendor === undefined || device.vendor.toLowerCase() === vendor);
  const rules: readonly ((name: string) => boolean)[] = [
    (name) => name === wanted,
    (name) => fits(name, wanted) || fits(wanted, name),
    (name) => name.startsWith(wanted),
  ];
  for (const rule of rules) {
    const candidates = withoutVariants(pool.filter(({ name }) => rule(name.toLowerCase())));
    const [only] = candidates;
    if (candidates.length === 1 && only !== undefined) return { kind: "found", device: only };
    if (candidates.length > 1) return { kind: "ambiguous", candidates };
  }
  const near = nearest(
    wanted,
    pool.map(({ name }) => name),
  );
  return { kind: "unknown", near: near === undefined ? [] : [near] };
}

/** `stm32g070cbtx` fits the marking `stm32g070cbt6`; the wildcard may stand for more letters at the end. */
function fits(pattern: string, name: string): boolean {
  const stem = pattern.replace(/x+$/, "");
  return stem !== pattern && stem !== "" && name.startsWith(stem) && name.length >= stem.length;
}

function withoutVariants<T extends DeviceName>(candidates: readonly T[]): readonly T[] {
  return candidates.filter(({ variantOf }) => !candidates.some(({ name }) => name === variantOf));
}
