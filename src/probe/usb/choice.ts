/** Finds the attached probe that a probe's name, or its absence, means. Opens nothing. */
import { ProbeFailure } from "../faults.ts";
import type { ProbeChoice } from "../select.ts";
import type { UsbProbe } from "./probes.ts";

export type UsbChoice = Extract<ProbeChoice, { kind: "usb-id" | "usb-product" | "usb-path" }>;

/** Throws `no-probe` if none fits and `several-probes` if more than one does; both list what is attached. */
export function chooseUsbProbe(probes: readonly UsbProbe[], choice?: UsbChoice): UsbProbe {
  const fitting = choice === undefined ? probes : fits(probes, choice);
  const [only, ...others] = fitting;
  if (only === undefined) throw absent(probes, choice);
  if (others.length === 0) return only;
  const ids = fitting.map(({ id }) => id);
  throw new ProbeFailure(
    { kind: "several-probes", ids },
    `several probes ${choice === undefined ? "are attached" : `fit "${wish(choice)}"`}; choose one of them:\n${numbered(fitting)}`,
  );
}

/** Lists one probe a line, for people who choose from it. */
function numbered(probes: readonly UsbProbe[]): string {
  return probes.map((probe, at) => `  ${at + 1}  ${describe(probe)}`).join("\n");
}

export function describe({ id, product, vendorId, productId, port, generations, state }: UsbProbe): string {
  const hex = (value: number): string => value.toString(16).padStart(4, "0");
  const where = id === `usb@${port}` ? "" : `  usb@${port}`;
  const trouble = TROUBLES[state] === "" ? "" : `  (${TROUBLES[state]})`;
  return `${id}  ${product}  ${hex(vendorId)}:${hex(productId)}  CMSIS-DAP ${generations.join(", ")}${where}${trouble}`;
}

const TROUBLES: Readonly<Record<UsbProbe["state"], string>> = {
  usable: "",
  "no-permission": "no permission",
  "no-driver": "no driver",
  busy: "in use by another program",
};

/** A whole id wins over ids that only contain it. */
function fits(probes: readonly UsbProbe[], choice: UsbChoice): readonly UsbProbe[] {
  switch (choice.kind) {
    case "usb-path":
      return probes.filter(({ port }) => port === choice.path);
    case "usb-product":
      return probes.filter(
        ({ vendorId, productId, serial }) =>
          vendorId === choice.vid &&
          productId === choice.pid &&
          (choice.serial === undefined || same(serial, choice.serial)),
      );
    case "usb-id": {
      const whole = probes.filter(({ id, serial }) => same(id, choice.id) || same(serial, choice.id));
      const part = choice.id.toLowerCase();
      return whole.length > 0 ? whole : probes.filter(({ serial }) => serial.toLowerCase().includes(part));
    }
  }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function wish(choice: UsbChoice): string {
  if (choice.kind === "usb-path") return `usb@${choice.path}`;
  if (choice.kind === "usb-id") return choice.id;
  const hex = (value: number): string => value.toString(16).padStart(4, "0");
  return [hex(choice.vid), hex(choice.pid), ...(choice.serial === undefined ? [] : [choice.serial])].join(
    ":",
  );
}

function absent(probes: readonly UsbProbe[], choice: UsbChoice | undefined): ProbeFailure {
  if (probes.length === 0 || choice === undefined)
    return new ProbeFailure(
      { kind: "no-probe", ...(choice === undefined ? {} : { wanted: wish(choice) }) },
      "no CMSIS-DAP probe is attached; the simulator needs none",
    );
  return new ProbeFailure(
    { kind: "no-probe", wanted: wish(choice) },
    `no probe fits "${wish(choice)}"; attached:\n${numbered(probes)}`,
  );
}
