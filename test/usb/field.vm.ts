/**
 * Probes as people own them, each a description of src/probe/usb/known.ts or a fact of grammar/probes.md: the unmodified
 * command line in the guest drives a simulated target behind a real cable. Names begin with the number of the fact.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Fixture, noFixture } from "./fixture.ts";
import { FieldTarget, RAM, RELEASED } from "./field-target.ts";
import type { Finished, Running, RunOptions } from "./machine/guest.ts";
import { CACHE } from "./machine/kernel.ts";
import { v1, v2, type InterfaceDescription, type ProbeDescription } from "./usbip/device.ts";

const why = noFixture();
const CLI = resolve("dist/cli.js");
const IMAGE = resolve("examples/05-flash/firmware.hex");
const PACK = resolve("examples/05-flash/Example.EX52_DFP.pdsc");
const IMAGE_BYTES = 20480;
const IMAGE_SHA256 = "09afb6204d7979a2153651cc5c78734eccd9b00a1906afe821a3efa1b5c75d01";
/** Ends by what comes from outside only, with nRESET low. */
const HOLDING = join(CACHE, "holding.seq");
const HELD = "held in reset";
const HOLDING_TEXT = `sequence ResetHardwareAssert {
  DAP_SWJ_Pins(0x00, 0x80, 0);
  while (1) { Message(0, "${HELD}"); DAP_Delay(20000); }
}
`;
const ENDLESS = `while (1) { Write32(${RAM}, 1); }`;

interface FieldProbe {
  readonly name: string;
  readonly line: RegExp;
  readonly target: FieldTarget;
  readonly description: Omit<ProbeDescription, "speed" | "manufacturer"> & Partial<ProbeDescription>;
}

/** Of another protocol: it takes everything and says nothing. */
function silent(kind: "hid" | "bulk", name: string): InterfaceDescription {
  return { kind, name };
}

function probe(
  name: string,
  line: RegExp,
  options: Readonly<Record<string, string>>,
  describe: (firmware: FieldTarget["firmware"]) => FieldProbe["description"],
): FieldProbe {
  const target = new FieldTarget(options);
  return { name, line, target, description: describe(target.firmware) };
}

const KITPROG3 = probe(
  "PROBE-06: KitProg3, whose bulk interface has class 0, beside a HID bridge of another kind",
  /^KP3-1 {2}KitProg3 CMSIS-DAP {2}04b4:f155 {2}CMSIS-DAP v2 /,
  { latency: "none" },
  (firmware) => ({
    ...{ vendorId: 0x04b4, productId: 0xf155, product: "KitProg3 CMSIS-DAP", serial: "KP3-1" },
    interfaces: [silent("hid", "KitProg3 Bridge"), { ...v2(firmware), name: "CMSIS-DAP", usbClass: 0 }],
  }),
);
const COMPOSITE = probe(
  "PROBE-10: a nameless vendor interface of another kind beside HID",
  /^CMP-1 {2}Composite CMSIS-DAP {2}1209:0001 {2}CMSIS-DAP v2, v1 /,
  { latency: "hid-fs" },
  (firmware) => ({
    ...{ vendorId: 0x1209, productId: 0x0001, product: "Composite CMSIS-DAP", serial: "CMP-1" },
    interfaces: [v1(firmware), silent("bulk", "")],
  }),
);
const SMALL_PACKETS = probe(
  "PROBE-15: packets of 64 bytes on an endpoint of 512, IN before OUT",
  /^SP-1 {2}Small CMSIS-DAP {2}1209:0002 {2}CMSIS-DAP v2 /,
  { latency: "bulk-fs" },
  (firmware) => ({
    ...{ vendorId: 0x1209, productId: 0x0002, product: "Small CMSIS-DAP", serial: "SP-1" },
    interfaces: [{ ...v2(firmware), isInFirst: true }],
  }),
);
const DAPLINK = probe(
  "PROBE-03, PROBE-04: DAPLink, which answers DAP_TransferAbort and refuses DAP_QueueCommands",
  /^DL-1 {2}DAPLink CMSIS-DAP {2}0d28:0204 {2}CMSIS-DAP v2 /,
  { latency: "bulk-fs", quirk: "queue-refused" },
  (firmware) => ({
    ...{ vendorId: 0x0d28, productId: 0x0204, product: "DAPLink CMSIS-DAP", serial: "DL-1" },
    interfaces: [{ ...v2(firmware), answersAbort: true }],
  }),
);
const DEBUGPROBE = probe(
  "PROBE-03, PROBE-05: the Raspberry Pi Debug Probe, without nRESET",
  /^E66 {2}Debug Probe \(CMSIS-DAP\) {2}2e8a:000c {2}CMSIS-DAP v2 /,
  { latency: "bulk-fs", quirk: "no-nreset" },
  (firmware) => ({
    ...{ vendorId: 0x2e8a, productId: 0x000c, product: "Debug Probe (CMSIS-DAP)", serial: "E66" },
    ...{ release: 0x0220, speed: "full" },
    interfaces: [{ ...v2(firmware), answersAbort: true }],
  }),
);
const ATMEL_ICE = probe(
  "PROBE-08: Atmel-ICE, silent until a report has 512 bytes",
  /^J41 {2}Atmel-ICE CMSIS-DAP {2}03eb:2141 {2}CMSIS-DAP v1 /,
  { latency: "bulk-hs", quirk: "report-512" },
  (firmware) => ({
    ...{ vendorId: 0x03eb, productId: 0x2141, product: "Atmel-ICE CMSIS-DAP", serial: "J41" },
    interfaces: [{ ...v1(firmware), reportBytes: 512 }, silent("bulk", "Atmel-ICE DGI")],
  }),
);
const NAMELESS = probe(
  "PROBE-09: a known probe whose strings are empty",
  /^usb@\d-\d {2}Arm DAPLink \(.*\) {2}0d28:0204 {2}CMSIS-DAP v2\n$/,
  { latency: "none" },
  (firmware) => ({
    ...{ vendorId: 0x0d28, productId: 0x0204, product: "", serial: "", manufacturer: "" },
    numbersEmptyStrings: true,
    interfaces: [{ ...v2(firmware), name: "" }],
  }),
);

describe.skipIf(why !== undefined)(why === undefined ? "in the field" : `skipped: ${why}`, () => {
  let fixture: Fixture;

  beforeAll(async () => {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(HOLDING, HOLDING_TEXT);
    fixture = await Fixture.start();
  });
  afterAll(async () => {
    await fixture.stop();
  });

  const command = (args: readonly string[]): readonly string[] => [process.execPath, CLI, ...args];

  function dbgseq(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return fixture.guest.run(command(args), options);
  }

  /** Statements on the probe that is plugged in; everything that was said. */
  async function runs(statements: string, more: readonly string[] = []) {
    const { code, stdout, stderr } = await dbgseq(["run", "-e", statements, ...more]);
    return { code, out: stdout + stderr };
  }

  function plugged({ target, description }: FieldProbe) {
    const device: { tightReads: number; onRequest: () => Promise<void> | void } = {
      tightReads: 0,
      onRequest: () => undefined,
    };
    beforeAll(async () => {
      const attached = await fixture.plug("1-1", { manufacturer: "dbgseq", speed: "high", ...description });
      attached.onRequest = () => {
        device.tightReads = attached.tightReads;
        return device.onRequest();
      };
      target.forget();
    });
    afterAll(async () => {
      fixture.cut("1-1");
      await fixture.unplugged();
    });
    return device;
  }

  /** Holds the first request for which it is true, until the signal has gone out. */
  async function signalledWhen(
    device: ReturnType<typeof plugged>,
    { signal, args }: { readonly signal: NodeJS.Signals; readonly args: readonly string[] },
    isDue: () => boolean,
  ): Promise<Finished> {
    const running = fixture.guest.start(command(args));
    let sent: Promise<void> | undefined;
    device.onRequest = () => {
      if (isDue()) sent ??= running.kill(signal);
      return sent;
    };
    try {
      return await running.finished;
    } finally {
      device.onRequest = () => undefined;
    }
  }

  describe.each(
    [KITPROG3, COMPOSITE, SMALL_PACKETS, DAPLINK, DEBUGPROBE, ATMEL_ICE, NAMELESS].map(
      (field) => [field.name, field] as const,
    ),
  )("%s", (_name, field) => {
    const { target, line } = field;
    const device = plugged(field);

    test("is listed", async () => {
      const { code, stdout, stderr } = await dbgseq(["probes"]);
      expect(stdout).toMatch(line);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    });

    test("resets the target", async () => {
      const { code, stdout, stderr } = await dbgseq(["reset"]);
      expect({ code, stderr, stdout }).toMatchObject({ code: 0 });
      expect(stdout + stderr).not.toContain("error");
    });

    test("programs flash, every byte", async () => {
      const { code, stdout, stderr } = await dbgseq(["flash", IMAGE, "--pack", PACK, "--allow", "erase"]);
      expect(stdout + stderr).toMatch(new RegExp(`${IMAGE_BYTES} bytes in 5 sectors.*verified`));
      expect(code).toBe(0);
      const held = createHash("sha256").update(target.flash(0, IMAGE_BYTES));
      expect(held.digest("hex")).toBe(IMAGE_SHA256);
    });

    test("Ctrl-C in the middle of a sequence releases the target, and the next run connects and works", async () => {
      target.forget();
      const args = ["run", "-e", ENDLESS, "--deadline", "1000s"];
      const isUnderWay = (): boolean => target.writtenTo(RAM).length > 3;
      const { code, stderr } = await signalledWhen(device, { signal: "SIGINT", args }, isUnderWay);
      expect(stderr).toContain("because interrupted");
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(code).toBe(130);
      expect(target.state).toMatchObject(RELEASED);
      const { out, ...next } = await runs(`Message(0, "left %x", Read32(${RAM}));`, ["--trace"]);
      expect(next).toEqual({ code: 0 });
      expect(out).toMatch(/== connect \(attach, SWD/);
      expect(out).toContain("left 1");
      expect(target.state).toMatchObject(RELEASED);
    });

    test("no request was for less than a packet of its endpoint", () => {
      expect(device.tightReads).toBe(0);
    });
  });

  describe("PROBE-04: an atomic block on DAPLink", () => {
    const { target } = DAPLINK;
    plugged(DAPLINK);
    /** A delay behind each write, so that no single command holds two of them. */
    const block = (count: number): string => {
      const writes = Array.from(
        { length: count },
        (_, at) => `Write32(${RAM + 4 * at}, 0x55); DAP_Delay(10);`,
      );
      return `atomic { ${writes.join(" ")} }`;
    };
    const read = (count: number): string =>
      Array.from({ length: count }, (_, at) => `Message(0, "%x", Read32(${RAM + 4 * at}));`).join(" ");

    test("of 8 writes in several packets runs not at all, and the reason is told", async () => {
      const { code, out } = await runs(block(8));
      expect(out).toContain("the probe refuses DAP_QueueCommands, though it claims atomic commands");
      expect(code).toBe(1);
      expect(target.writtenTo(RAM)).toEqual([]);
      expect((await runs(read(8))).out.match(/^55$/m)).toBeNull();
    });

    test("of one packet runs whole", async () => {
      expect(await runs(`${block(2)} ${read(2)}`)).toEqual({ code: 0, out: "55\n55\n" });
    });
  });

  describe("PROBE-05: what needs nRESET on a Debug Probe", () => {
    plugged(DEBUGPROBE);

    test.each([
      ["reset", "--type", "hardware"],
      ["run", "ResetSystem", "--connect", "under-reset"],
    ])("%s %s %s fails and names the line", async (...args) => {
      const { code, stderr } = await dbgseq(args);
      expect(stderr).toContain("nRESET still reads low after it was let go: the probe has no nRESET");
      expect(code).toBe(1);
    });
  });

  describe("PROBE-19: an end while a connection holds nRESET low lets it go", () => {
    const { target } = KITPROG3;
    const device = plugged(KITPROG3);
    const args = ["run", "-e", "__var x = 0;", "--connect", "under-reset", "--seq", HOLDING];
    const endless = [...args, "--deadline", "1000s"];
    const shellWords = command(endless)
      .map((word) => `'${word}'`)
      .join(" ");

    beforeEach(() => {
      target.forget();
    });
    afterEach(() => {
      expect(target.wasHeld).toBe(true);
      expect(target.state).toMatchObject({ connected: false, running: false, nreset: 1 });
    });

    test("kill -HUP: code 129", async () => {
      const wish = { signal: "SIGHUP", args: endless } as const;
      const { code, stderr } = await signalledWhen(device, wish, () => target.wasHeld);
      expect(stderr).toContain("because the terminal hung up");
      expect(code).toBe(129);
    });

    test("a closed pipe (2>&1 | head -1): code 141", async () => {
      const { code } = await fixture.guest.run([
        "bash",
        "-c",
        `${shellWords} 2>&1 | head -1; exit \${PIPESTATUS[0]}`,
      ]);
      expect(code).toBe(141);
    });

    test("a closed pseudo-terminal: code 129", async () => {
      const told = "/run/told";
      // A shell that stays to tell what became of the command.
      const script = `trap : HUP; ${shellWords}; echo $? >${told}.part; mv ${told}.part ${told}`;
      let terminal: Running | undefined;
      const isHeld = new Promise<void>((resolve) => {
        const onOutput = (shown: string): void => {
          if (shown.includes(HELD)) resolve();
        };
        terminal = fixture.guest.start(["script", "-qfc", script, "/dev/null"], { onOutput });
      });
      await isHeld;
      await terminal?.kill("SIGKILL");
      const waiting = `while [ ! -e ${told} ]; do sleep 0.2; done; cat ${told}`;
      expect(await fixture.guest.run(["sh", "-c", waiting])).toMatchObject({ stdout: "129\n" });
    });
  });
});
