/**
 * Wire rule 17: what each sequence of a pack costs on the model that it runs on, in exchanges and the reason of each. The tables
 * are golden files; a change of one is a decision.
 */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { corpus, describeCorpus } from "../support/corpus.ts";
import { expectGenerated } from "../support/generated.ts";

interface Event {
  readonly kind: string;
  readonly name?: string;
  readonly reason?: string;
  readonly exchanges?: number;
  readonly depth?: number;
}

interface Subject {
  /** What else the command line says: the pack and its device, or the file. */
  readonly from: readonly string[];
  readonly probe: string;
  readonly sequences: readonly string[];
  readonly more?: readonly string[];
}

async function tableOf({ from, probe, sequences, more = [] }: Subject): Promise<string> {
  const rows: string[] = [];
  for (const sequence of sequences) {
    const args = ["run", sequence, ...from, "--probe", probe, "--jsonl", ...more];
    const { code, out, err } = await dbgseq(...args);
    expect({ sequence, code, err }).toMatchObject({ code: 0 });
    const reasons = new Map<string, number>();
    let inside = false;
    for (const line of out.trimEnd().split("\n")) {
      const event = (JSON.parse(line) as { event?: Event }).event;
      if (event === undefined) continue;
      const { kind, name, reason = "", exchanges = 0, depth } = event;
      if (kind === "enter" && name === sequence && depth === 0) inside = true;
      if (kind === "exchange" && inside) reasons.set(reason, (reasons.get(reason) ?? 0) + exchanges);
      if (kind === "leave" && name === sequence && depth === 0) inside = false;
    }
    const total = [...reasons.values()].reduce((sum, count) => sum + count, 0);
    const why = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
    rows.push(`${sequence.padEnd(24)} ${String(total).padStart(4)}  ${why}`);
  }
  return rows.join("\n");
}

const headed = async (subjects: Readonly<Record<string, Subject>>): Promise<string> => {
  const parts: string[] = [];
  for (const [name, subject] of Object.entries(subjects))
    parts.push(`${name}\n\n${await tableOf(subject)}\n`);
  return parts.join("\n");
};

const CONNECT = ["DebugPortSetup", "DebugPortStart", "DebugDeviceUnlock", "DebugCoreStart"];
const example = (path: string): string => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
const vendor = (name: string): string => fileURLToPath(corpus(`pdsc/${name}`));

const packed = (pack: string, device: string): readonly string[] => ["--pack", pack, "--device", device];

/** A shipped vendor sequence on the state of its model in which it has most to do. */
const shipped = (file: string, probe: string, sequences: readonly string[]): Subject => ({
  from: ["--seq", fileURLToPath(new URL(`../../sequences/vendor/${file}`, import.meta.url))],
  probe: `sim:${probe}`,
  sequences,
  more: ["--connect", "none", "--allow", "erase"],
});

test("wire rule 17: the shipped vendor sequences on their models", async () => {
  const subjects = [
    shipped("infineon/psoc6.seq", "cy8c6247", ["Acquire"]),
    shipped("microchip/sam-d-l.seq", "atsamd21j18?secured=yes", ["Status", "Recover", "HoldInReset"]),
    shipped("nordic/nrf52.seq", "nrf52840?protected=yes", ["Status", "Recover"]),
    shipped("nordic/nrf53.seq", "nrf5340?protected=both", ["Status", "Recover"]),
    shipped("nordic/nrf91.seq", "nrf9160?protected=yes", ["Status", "Recover"]),
    shipped("nxp/kinetis.seq", "mk64fn1m0?secured=yes", ["Status", "Recover"]),
    shipped("nxp/lpc55.seq", "lpc55s36", ["Status", "Unlock"]),
    shipped("raspberrypi/rp2040.seq", "rp2040?firmware=blocks", ["Rescue"]),
    shipped("raspberrypi/rp2350.seq", "rp2350", ["Status", "Rescue"]),
    shipped("st/stm32f4.seq", "stm32f407?rdp=level1", ["Status", "Recover"]),
    shipped("silabs/efm32.seq", "efm32gg990?locked=yes", ["Status", "Recover"]),
  ];
  const named = subjects.map((subject) => [`sequences/vendor on ${subject.probe}`, subject] as const);
  expectGenerated("test/session/exchanges-of-shipped.txt", await headed(Object.fromEntries(named)));
});

test("wire rule 17: the packs of the examples", async () => {
  expectGenerated(
    "test/session/exchanges-of-examples.txt",
    await headed({
      "01-pack-on-the-simulator on generic-m4": {
        from: packed(example("01-pack-on-the-simulator/Example.EX32_DFP.pdsc"), "EX32M4"),
        probe: "sim:generic-m4",
        sequences: ["DebugPortSetup", "DebugPortStart", "DebugCoreStart", "ResetSystem"],
      },
    }),
  );
});

describeCorpus("wire rule 17: vendors' packs on their models", () => {
  test("LPC55S36, STM32H743 and RP2040", async () => {
    expectGenerated(
      "test/session/exchanges-of-vendors.txt",
      await headed({
        "LPC55S36 on lpc55s36": {
          from: packed(vendor("pyOCDtest__NXP.LPC55S36_DFP.13.0.0.pdsc"), "LPC55S36"),
          probe: "sim:lpc55s36",
          sequences: ["DebugPortStart", "ResetSystem"],
        },
        "STM32H743ZITx on stm32h743": {
          from: packed(vendor("ST__Keil.STM32H7xx_DFP.pdsc"), "STM32H743ZITx"),
          probe: "sim:stm32h743",
          sequences: [...CONNECT, "ResetSystem"],
        },
        "RP2040 on rp2040": {
          from: packed(vendor("RaspberryPi__RaspberryPi.RP2xxx_DFP.pdsc"), "RP2040"),
          probe: "sim:rp2040",
          sequences: ["DebugPortSetup", "ResetSystem"],
        },
      }),
    );
  });
});
