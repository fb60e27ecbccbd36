/** Why a debug port does not answer, or only in another way than it was asked. */
import { CTRL_STAT, field } from "../../coresight/registers.ts";
import { hex32 } from "../../lib/hex.ts";
import { isGood } from "../target/sweep.ts";
import type { Tally } from "../target/sight.ts";
import { quantityText } from "../../lib/units.ts";
import { byHand } from "../try.ts";
import { diagnosis, faultOf, type Cause } from "./seen.ts";

export const silent: Cause = ({ sight, asked }) => {
  const { port, tallies, levels, protocol } = sight;
  if (protocol === "jtag" || port !== undefined) return undefined;
  const slowest = tallies.at(-1);
  if (slowest !== undefined && slowest.parity > 0)
    return diagnosis({
      code: "lasting-parity",
      certainty: "likely",
      says: "the target answers with wrong parity at every clock: the wires, not the clock, are at fault",
      evidence: [tallyText(slowest)],
      tries: byHand(
        "connect GND beside SWCLK and SWDIO, and shorten the wires",
        "see that no other debugger is connected to the same pins, and that VTref matches the target's supply",
      ),
    });
  const evidence = [
    `no answer at ${quantityText(sight.askedHz, "Hz")} down to ${quantityText(slowest?.hz ?? sight.askedHz, "Hz")}, awake, dormant or selected`,
    `nRESET reads ${levels.nreset}, SWDIO reads ${levels.swdio}`,
  ];
  if (levels.nreset === 0)
    return diagnosis({
      code: "no-target-power",
      certainty: "possible",
      says: "nothing answers, and nRESET reads low: the target has no power, or is held in reset",
      evidence,
      tries: byHand(
        "measure the target's supply; most probes do not feed it",
        "release the reset button; look for a watchdog or supervisor that holds nRESET low",
        "a probe without nRESET (Raspberry Pi Debug Probe) reads it as low: check SWDIO, SWCLK and GND then",
      ),
    });
  return diagnosis({
    code: "no-ack",
    certainty: "possible",
    says: "nothing answers on SWD: the wires are open or swapped, or the firmware has taken the debug pins",
    evidence,
    tries: [
      ...(asked.connect === "under-reset" || asked.connect === "auto"
        ? []
        : [{ kind: "again", options: { connect: "under-reset" } } as const]),
      ...byHand("check SWDIO, SWCLK, GND and VTref", "the part may speak JTAG only"),
    ],
  });
};

export const wrongClock: Cause = ({ sight, error }) => {
  const { port, askedHz, tallies } = sight;
  const asked = tallies[0];
  if (port === undefined || asked === undefined || port.hz >= askedHz || isGood(asked)) return undefined;
  if (error !== undefined && !isOfWire(error)) return undefined;
  const good = tallies.find(isGood);
  return diagnosis({
    code: "no-ack-at-this-clock",
    certainty: "certain",
    says: `the clock is too fast: the target answers up to ${quantityText(port.hz, "Hz")}, not at ${quantityText(askedHz, "Hz")}`,
    evidence: [tallyText(asked), ...(good === undefined ? [] : [tallyText(good)])],
    tries: [
      { kind: "again", options: { clockHz: port.hz } },
      ...byHand("shorter wires, and a GND beside SWCLK, allow more"),
    ],
  });
};

export const asleep: Cause = ({ sight: { port }, asked, error }) => {
  if (port?.way !== "from dormant" || asked.dormant || !failedAtPort(error)) return undefined;
  return diagnosis({
    code: "dormant",
    certainty: "certain",
    says: "the debug port is dormant: it answers only after its wake-up sequence",
    evidence: [`DPIDR reads ${hex32(port.dpidr)} after the wake-up from dormant, and nothing before it`],
    tries: [{ kind: "again", options: { dormant: true } }],
  });
};

/** Shipped scripts that select a port by TARGETSEL. */
const SELECTS: ReadonlyMap<number, string> = new Map([
  [0x0100_2927, "raspberrypi/rp2040"],
  [0x0004_0927, "raspberrypi/rp2350"],
]);

export const unselected: Cause = ({ sight: { port }, error }) => {
  if (port?.way !== "selected" || port.targetsel === undefined || !failedAtPort(error)) return undefined;
  const file = SELECTS.get(port.targetsel);
  return diagnosis({
    code: "not-selected",
    certainty: "certain",
    says: "several debug ports share the wires (multidrop): none answers before it is selected by TARGETSEL",
    evidence: [`DPIDR reads ${hex32(port.dpidr)} after TARGETSEL ${hex32(port.targetsel)}`],
    tries:
      file === undefined
        ? byHand("use the device's pack, which says how its debug port is selected")
        : [{ kind: "again", options: { shippedSeq: file } }],
  });
};

export const noPower: Cause = ({ sight }) => {
  if (sight.powered !== false) return undefined;
  const { ctrlStat } = sight;
  return diagnosis({
    code: "no-debug-power",
    certainty: "certain",
    says: "the debug port answers, but the device never acknowledges the request for debug power",
    evidence: ctrlStat === undefined ? [] : [powerText(ctrlStat)],
    tries: byHand(
      "see that the core supply is on: the debug port has its own",
      "wake the device from its low power mode, or connect under reset",
    ),
  });
};

function powerText(ctrlStat: number): string {
  const names = ["CDBGPWRUPREQ", "CDBGPWRUPACK", "CSYSPWRUPREQ", "CSYSPWRUPACK"] as const;
  const values = names.map((name) => `${name} = ${field(CTRL_STAT, name, ctrlStat)}`);
  return `CTRL/STAT ${hex32(ctrlStat)}: ${values.join(", ")}`;
}

function tallyText({ hz, right, parity, silent: none, other }: Tally): string {
  const wrong = [
    ...(parity === 0 ? [] : [`${parity} with wrong parity`]),
    ...(none === 0 ? [] : [`${none} without an answer`]),
    ...(other === 0 ? [] : [`${other} wrong`]),
  ].join(", ");
  return `at ${quantityText(hz, "Hz")}: ${right} of ${right + parity + none + other} reads of DPIDR right${wrong === "" ? "" : `, ${wrong}`}`;
}

function isOfWire(error: unknown): boolean {
  const fault = faultOf(error, "target-fault", "wrong-identity", "no-way-in", "power-timeout");
  return fault !== undefined && (fault.kind !== "target-fault" || fault.ack !== "FAULT");
}

/** Nothing behind the port was reached yet. */
function failedAtPort(error: unknown): boolean {
  if (error === undefined) return false;
  const fault = faultOf(error, "target-fault", "wrong-identity", "no-way-in");
  if (fault?.kind === "target-fault") return fault.ack === "NO_ACK" || fault.ack === "PARITY";
  return fault !== undefined && (fault.kind === "no-way-in" || fault.register === "DPIDR");
}
