/**
 * Every statement of the page "Introduction to the API" of pyOCD, sentence by sentence, on the simulator and seen at the
 * packets: in memory and through TCP. The sentences stand shortened as the names of the tests.
 */
import { afterEach, describe, expect, test } from "vitest";
import {
  AccessPort,
  AHB_AP,
  ConnectHelper,
  DebugPort,
  FileProgrammer,
  Flash,
  FlashEraser,
  FlashLoader,
  MEM_AP,
  ResetType,
  Session,
  Target,
  type ConnectRequest,
} from "../../src/index.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { describedBy } from "../support/pdsc.ts";
import { hasWallTime, opened, watchedProbe, type Transport, type WatchedProbe } from "./fixture.ts";
import { MDM_IDR, mdmModel } from "./mdm-model.ts";
import { fault } from "../support/fault.ts";

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

const context = new DeviceContext({});

/** Through a real USB stack these very cases run in a virtual machine, whose bundle says so (test/usb/page.vm.ts). */
const TRANSPORTS: readonly Transport[] =
  process.env["DBGSEQ_PAGE_OVER"] === "usb" ? ["usb"] : ["memory", "tcp"];

describe.each(TRANSPORTS)("the page, over %s", (transport) => {
  function probe(
    model: string | ReturnType<typeof mdmModel> = "generic-m4",
    id = "0240000031754E45",
  ): WatchedProbe {
    return watchedProbe({ model }, { id, transport });
  }

  async function session(on: WatchedProbe, request: ConnectRequest = {}): Promise<Session> {
    const made = await opened(on, request);
    sessions.push(made);
    return made;
  }

  describe("Notes: flash", () => {
    const DATA = Uint8Array.from({ length: 5000 }, (_, index) => (7 * index) & 0xff);
    const BASE = 0x8000;

    async function nrf(options: Record<string, string> = {}, request: ConnectRequest = {}): Promise<Session> {
      const made = await ConnectHelper.sessionWithChosenProbe({
        probes: [watchedProbe({ model: "nrf52840", options }, { transport })],
        pack: "examples/05-flash/Example.EX52_DFP.pdsc",
        config: false,
        ...request,
      });
      if (made === null) throw new Error("nobody cancelled");
      sessions.push(made);
      return made;
    }

    test("loader: high level flash programming of raw binary data", async () => {
      const made = await nrf();
      const steps = new Set<string>();
      const loader = new FlashLoader(made, { onProgress: ({ step }) => steps.add(step) });
      const report = await loader.addData(BASE, DATA).addData(0x1_0000, [1, 2, 3]).commit();
      expect(report).toMatchObject({
        complete: true,
        sectors: [
          { address: BASE, programmed: 4096, verified: "crc" },
          { address: BASE + 0x1000, programmed: 4096, erase: "blank" },
          { address: 0x1_0000 },
        ],
      });
      expect([...steps]).toEqual(["compare", "program", "verify"]);
      expect([...(await made.target.readMemoryBlock8(BASE, DATA.length))]).toEqual([...DATA]);
      expect(() => loader.addData(BASE + 1, [0])).toThrow(
        expect.objectContaining({ fault: expect.objectContaining({ kind: "overlap" }) as unknown }),
      );
      const again = await FlashLoader.programBinaryData(made, BASE, DATA);
      expect(again.sectors.every(({ skipped }) => skipped)).toBe(true);
    });

    test("... data outside of the flash is refused before anything is erased", async () => {
      const made = await nrf();
      await expect(FlashLoader.programBinaryData(made, 0xf_fff0, new Uint8Array(32))).rejects.toEqual(
        fault("no-flash", { address: 0x10_0000, size: 16 }),
      );
      expect(await made.target.read32(0)).toBe(0x2004_0000);
    });

    test("... a failure leaves a report of what is certain", async () => {
      const loader = new FlashLoader(await nrf({ nvmc: "locked" }));
      await expect(loader.addData(BASE, DATA).commit()).rejects.toEqual(fault("algorithm-failed"));
      expect(await loader.report()).toMatchObject({ complete: false, sectors: [{ programmed: 0 }, {}] });
    });

    test("eraser: high level flash erasing", async () => {
      const refused = await nrf();
      await expect(new FlashEraser(refused, "chip").erase()).rejects.toEqual(fault("no-consent"));
      const made = await nrf({}, { mayErase: true });
      const sectors = await new FlashEraser(made, "sector").erase([0x104, { address: BASE, size: 0x2000 }]);
      expect(sectors.map(({ address, was }) => [address, was])).toEqual([
        [0, "erased"],
        [BASE, "blank"],
        [BASE + 0x1000, "blank"],
      ]);
      expect(await made.target.read32(0)).toBe(0xffff_ffff);
      await expect(new FlashEraser(made, "sector").erase([{ address: 0x10, size: 4 }])).rejects.toEqual(
        fault("part-of-sector", { address: 0, size: 0x1000 }),
      );
      await expect(new FlashEraser(made, "chip").erase([0])).rejects.toEqual(fault("bad-argument"));
      expect(await new FlashEraser(made, "chip").erase()).toHaveLength(256);
    });

    test("file_programmer: high level file programming", async () => {
      const made = await nrf();
      const file = { name: "more.bin", bytes: DATA, base: 0x2_0000, format: "bin" as const };
      const report = await new FileProgrammer(made).program(["examples/05-flash/firmware.hex", file]);
      expect(report.complete).toBe(true);
      expect(report.sectors).toHaveLength(7);
      expect(await made.target.read32(0x2_0000)).toBe(0x150e_0700);
      await expect(new FileProgrammer(made).program("no-such.elf")).rejects.toEqual(fault("unreadable-file"));
    });

    test("flash: low level flash programming in the Flash class", async () => {
      const made = await nrf({}, { mayErase: true });
      const { flash } = made.target.memoryMap.getBootMemory() ?? {};
      if (flash === undefined) throw new Error("the pack has a boot memory");
      expect(await flash.info()).toEqual({
        name: "EX52 1 MiB NVMC",
        start: 0,
        size: 0x10_0000,
        pageSize: 4096,
        erasedByte: 0xff,
      });
      await flash.init("erase");
      expect(await flash.isBlank(0x10)).toBe(false);
      await flash.eraseSector(0x10);
      expect(await flash.isBlank(0x10)).toBe(true);
      await flash.init("program");
      await flash.programPage(0, [1, 2, 3, 4]);
      await flash.uninit();
      expect(await flash.computeCrc(0, 4)).toBe(0xb63c_fbcd);
      expect(await flash.computeCrc(1, 3)).toBe(0xd085_9aa6);
      expect(await flash.getSector(0x1234)).toEqual({ address: 0x1000, size: 0x1000 });
      expect(await made.target.read32(0)).toBe(0x0403_0201);
      for (const wrong of [
        flash.programPage(4, [0]),
        flash.programPage(0, []),
        flash.eraseSector(0x10_0000),
        flash.computeCrc(0xf_ffff, 2),
      ])
        await expect(wrong).rejects.toEqual(fault("bad-argument"));
      await flash.eraseAll();
      expect(await made.target.read32(0)).toBe(0xffff_ffff);
      await flash.cleanup();
    });

    test("each flash memory region has a Flash instance, accessible from its property flash", async () => {
      const { memoryMap } = (await nrf()).target;
      expect(memoryMap.regions.map(({ name, type, start }) => [name, type, start])).toEqual([
        ["Flash", "flash", 0],
        ["RAM", "ram", 0x2000_0000],
        ["Peripheral", "device", 0x4000_0000],
        ["Private peripheral bus", "device", 0xe000_0000],
      ]);
      expect(memoryMap.getRegionForAddress(0x4000_1000)?.type).toBe("device");
      const [region] = memoryMap.getRegionsOfType("flash");
      expect(region?.flash).toBeInstanceOf(Flash);
      expect(region?.flash).toBe(memoryMap.getRegionForAddress(0x1234)?.flash);
      expect(region?.flash.region).toBe(region);
      expect(() => memoryMap.getDefaultRegionOfType("ram")?.flash).toThrow(
        "the pack has nothing that programs it",
      );
    });

    test("getBootMemory gets the boot flash memory region; without a pack there is none", async () => {
      const { memoryMap } = (await nrf()).target;
      expect(memoryMap.getBootMemory()).toMatchObject({ name: "Flash", isBootMemory: true, end: 0xf_ffff });
      const other = (await session(probe())).target.memoryMap;
      expect([other.getBootMemory(), other.regions]).toEqual([undefined, []]);
    });
  });

  describe("Connecting", () => {
    test("the helpers are static methods of ConnectHelper", () => {
      expect(Object.keys(ConnectHelper)).toEqual(
        expect.arrayContaining(["listProbes", "chooseProbe", "sessionWithChosenProbe"]),
      );
      expect(() => new (ConnectHelper as unknown as new () => unknown)()).toThrow();
    });

    test("sessionWithChosenProbe returns a single Session object", async () => {
      expect(await session(probe())).toBeInstanceOf(Session);
    });

    test("... or null: the person who chooses cancels, and nothing was opened", async () => {
      const probes = [probe("generic-m4", "A"), probe("generic-m4", "B")];
      expect(
        await ConnectHelper.sessionWithChosenProbe({ probes, context, ask: () => Promise.resolve("q") }),
      ).toBeNull();
      expect(probes.map(({ closed }) => closed)).toEqual([true, true]);
    });

    test("if only a single probe is available, a session for it is returned immediately", async () => {
      const only = probe();
      const made = await session(only, { ask: () => Promise.reject(new Error("nobody is to be asked")) });
      expect(made.probe).toBe(only);
      expect(made.isOpen).toBe(true);
      expect(only.transfers()).toContain("read DP 0");
    });

    test("if there are multiple probes, a simple console list lets the user select", async () => {
      const probes = [probe("generic-m4", "A"), probe("generic-m4", "B")];
      const questions: string[] = [];
      const answers = ["7", "two", "2"];
      const made = await ConnectHelper.sessionWithChosenProbe({
        probes,
        context,
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(answers.shift() ?? "q");
        },
      });
      if (made !== null) sessions.push(made);
      expect(made?.probe.uniqueId).toBe("B");
      expect(questions[0]).toBe(
        "  1  probe of a test [A]\n  2  probe of a test [B]\nWhich probe (1 to 2, q quits)? ",
      );
      expect(questions).toHaveLength(3);
    });

    test("if there are multiple probes and no user to ask, an error lists them instead of waiting", async () => {
      const probes = [probe("generic-m4", "A"), probe("generic-m4", "B")];
      await expect(ConnectHelper.sessionWithChosenProbe({ probes, context })).rejects.toEqual(
        fault("several-probes", { ids: ["A", "B"] }),
      );
    });

    test("other options allow automatically picking the first available probe", async () => {
      const probes = [probe("generic-m4", "A"), probe("generic-m4", "B")];
      const made = await ConnectHelper.sessionWithChosenProbe({ probes, context, returnFirst: true });
      if (made !== null) sessions.push(made);
      expect(made?.probe.uniqueId).toBe("A");
    });

    test.each([
      ["whole", "0240000031754E45"],
      ["part of", "31754e"],
    ])("uniqueId: pass %s a probe's unique id to select it", async (_what, uniqueId) => {
      const wanted = probe();
      const other = probe("generic-m4", "E6614C311B5A4E2A");
      const made = await session(wanted, { probes: [other, wanted], uniqueId });
      expect(made.probe).toBe(wanted);
    });

    test("a uniqueId that no probe has is an error that lists what is attached", async () => {
      await expect(
        ConnectHelper.sessionWithChosenProbe({ probes: [probe()], context, uniqueId: "BEEF" }),
      ).rejects.toThrow(/no probe fits "BEEF"; attached:\n.*0240000031754E45/);
    });

    test("session options: the options parameter takes an object", async () => {
      const made = await session(probe(), { options: { clockHz: 1_000_000 } });
      expect(made.options.get("clockHz")).toEqual({ value: 1_000_000, origin: "options" });
    });

    test("session options: or pass them as keywords", async () => {
      const made = await session(probe(), { clockHz: 2_000_000 });
      expect(made.options.get("clockHz")).toEqual({ value: 2_000_000, origin: "keyword" });
    });

    test("the two ways may be combined: a keyword wins, and each says where it came from", async () => {
      const made = await session(probe(), {
        connect: "halt",
        options: { connect: "attach", deadlineUs: 5_000_000 },
      });
      expect(made.options.get("connect")).toEqual({ value: "halt", origin: "keyword" });
      expect(made.options.get("deadlineUs")).toEqual({ value: 5_000_000, origin: "options" });
      expect(made.options.get("protocol")).toEqual({ value: "swd", origin: "default" });
    });

    test("a misspelt option is an error, not ignored", async () => {
      const request = { probes: [probe()], context, conect: "halt" } as ConnectRequest;
      await expect(ConnectHelper.sessionWithChosenProbe(request)).rejects.toThrow(
        'unknown session option "conect"; did you mean "connect"?',
      );
    });
  });

  describe("DP access", () => {
    test("the DP is controlled through a DebugPort, the attribute dp of the target", async () => {
      const { board } = await session(probe());
      expect(board.target.dp).toBeInstanceOf(DebugPort);
    });

    test("readReg(addr) and writeReg(addr, data), with addr of 0x0, 0x4, 0x8, 0xC", async () => {
      const on = probe();
      const { dp } = (await session(on)).board.target;
      on.transfers();
      expect(await dp.readReg(0x0)).toBe(0x2ba0_1477);
      expect(await dp.readReg(0xc)).toBeTypeOf("number");
      await dp.writeReg(0x0, 0x1e);
      await dp.writeReg(0x4, 0x5000_0f00);
      const seen = on.transfers();
      expect(seen).toEqual(
        expect.arrayContaining(["read DP 0", "read DP C", "write DP 0 0x0000001E", "write DP 4 0x50000F00"]),
      );
      for (const address of [0x2, 0x10, -4, 0.5])
        await expect(dp.readReg(address)).rejects.toEqual(fault("bad-argument"));
      expect(on.transfers()).toEqual([]);
    });

    test("the example: x = readReg(0x4); writeReg(0x8, 0x1)", async () => {
      const on = probe();
      const session_ = await session(on);
      on.transfers();
      const x = await session_.board.target.dp.readReg(0x4);
      await session_.board.target.dp.writeReg(0x8, 0x1);
      expect(x >>> 28).toBe(0xf);
      expect(on.transfers()).toContain("write DP 8 0x00000001");
    });

    test("... and memory is read right afterwards, though SELECT now names another bank", async () => {
      const { target } = await session(probe());
      await target.dp.writeReg(0x8, 0x1);
      expect(await target.read32(0x0)).toBe(0x2004_0000);
      expect((await target.dp.readReg(0x0)) >>> 0).toBe(0x2ba0_1477);
    });

    test("readDP, writeDP, readAP, writeAP are there for completeness", async () => {
      const { dp } = (await session(probe())).target;
      expect(await dp.readDP(0x0)).toBe(await dp.readReg(0x0));
      await dp.writeDP(0x0, 0x1e);
      await dp.writeAP(0x0000_0004, 0x2000_0000);
      expect(await dp.readAP(0x0000_0004)).toBe(0x2000_0000);
    });

    test("readAP and writeAP require the APSEL in the address: 0x010000fc is IDR of AP 1", async () => {
      const on = probe(mdmModel());
      const { dp } = (await session(on)).target;
      expect(await dp.readAP(0x0100_00fc)).toBe(MDM_IDR);
      expect(await dp.readAP(0x0000_00fc)).toBe(0x2477_0011);
    });

    test("the AP will automatically be selected", async () => {
      const on = probe(mdmModel());
      const { dp } = (await session(on)).target;
      await dp.readAP(0x0000_0000);
      on.transfers();
      await dp.readAP(0x0100_00fc);
      expect(on.transfers()).toEqual(["write DP 8 0x010000F0", "read AP C"]);
    });
  });

  describe("AP access", () => {
    test("access ports are AccessPort objects; AHB_AP is a MEM_AP is an AccessPort", async () => {
      const { aps } = (await session(probe("stm32h743"))).target;
      expect(aps[0]).toBeInstanceOf(MEM_AP);
      expect(aps[1]).toBeInstanceOf(AHB_AP);
      expect(aps[1]).toBeInstanceOf(MEM_AP);
      expect(aps[2]).toBeInstanceOf(AccessPort);
      expect(aps[2]).not.toBeInstanceOf(AHB_AP);
    });

    test("a proprietary one is an AccessPort, and not a MEM_AP", async () => {
      const { aps } = (await session(probe(mdmModel()))).target;
      expect(aps[1]).toBeInstanceOf(AccessPort);
      expect(aps[1]).not.toBeInstanceOf(MEM_AP);
      expect(aps[1]?.description).toBe("AP 1: vendor's own AP, Freescale (IDR 0x001C0000)");
    });

    test("aps of the DebugPort: keys are APSEL numbers, values AccessPorts; the target has them too", async () => {
      const { target } = await session(probe("stm32h743"));
      expect(target.dp.aps.keys()).toEqual([0, 1, 2]);
      expect([...target.dp.aps].map(({ apsel }) => apsel)).toEqual([0, 1, 2]);
      expect(target.aps).toBe(target.dp.aps);
      expect(target.aps[1]).toBe(target.aps.get(1));
    });

    test("an AP that does not exist is an error that says which do", async () => {
      const { aps } = (await session(probe("stm32h743"))).target;
      expect(() => aps[3]).toThrow("no access port 3 (found: AP 0, AP 1");
      expect(() => aps.get(3)).toThrow(
        expect.objectContaining({ fault: { kind: "no-access-port", ap: 3, known: [0, 1, 2] } }),
      );
      expect(aps.has(3)).toBe(false);
      expect(3 in aps).toBe(false);
    });

    test("readReg and writeReg take the register offset, without APSEL", async () => {
      const on = probe(mdmModel());
      const ap = (await session(on)).target.aps.get(1);
      await ap.writeReg(0x4, 0x8);
      expect(await ap.readReg(0x4)).toBe(0x8);
      await expect(ap.readReg(0x0100_00fc)).rejects.toEqual(fault("bad-argument"));
      await expect(ap.readReg(0x2)).rejects.toEqual(fault("bad-argument"));
    });

    test("SELECT need not be modified before: it is written when, and only when, it must be", async () => {
      const on = probe(mdmModel());
      const { aps } = (await session(on)).target;
      await aps.get(0).readReg(0x00);
      on.transfers();
      await aps.get(1).readReg(0x00);
      await aps.get(1).readReg(0x04);
      await aps.get(0).readReg(0x00);
      expect(on.transfers()).toEqual([
        "write DP 8 0x01000000",
        "read AP 0",
        "read AP 4",
        "write DP 8 0x00000000",
        "read AP 0",
      ]);
    });

    test("MEM_AP has the memory access methods of the target", async () => {
      const { target } = await session(probe());
      const ap = target.aps.get(0);
      if (!(ap instanceof MEM_AP)) throw new Error("a memory access port is wanted");
      await ap.write32(0x2000_0000, 0x1234_5678);
      await ap.write16(0x2000_0004, 0x9abc);
      await ap.write8(0x2000_0006, 0xde);
      await ap.write64(0x2000_0008, 0x1122_3344_5566_7788n);
      expect(await target.read32(0x2000_0000)).toBe(0x1234_5678);
      expect(await target.read16(0x2000_0004)).toBe(0x9abc);
      expect(await target.read8(0x2000_0006)).toBe(0xde);
      expect(await target.read64(0x2000_0008)).toBe(0x1122_3344_5566_7788n);
      expect(await ap.read32(0x2000_0003)).toBe(0xde9a_bc12);
      await ap.writeMemoryBlock8(0x2000_0011, [1, 2, 3, 4, 5, 6, 7]);
      expect([...(await target.readMemoryBlock8(0x2000_0010, 9))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0]);
      await ap.writeMemoryBlock32(0x2000_0400, [1, 2, 0xffff_ffff]);
      expect([...(await target.readMemoryBlock32(0x2000_0400, 3))]).toEqual([1, 2, 0xffff_ffff]);
      await expect(ap.write8(0x2000_0000, 0x100)).rejects.toEqual(fault("bad-argument"));
    });

    test("... and the access is performed through that specific AP", async () => {
      const on = probe("stm32h743");
      const { aps } = (await session(on)).target;
      const [axi, ahb] = [aps.get(0), aps.get(1)];
      if (!(axi instanceof MEM_AP && ahb instanceof MEM_AP))
        throw new Error("memory access ports are wanted");
      on.simulator.log.clear();
      await axi.read32(0x2400_0000);
      await ahb.read32(0x3000_0000);
      const seen = on.simulator.log.events.flatMap((event) =>
        event.kind === "memory" ? [[event.ap, event.address]] : [],
      );
      expect(seen).toEqual([
        [0, 0x2400_0000],
        [1, 0x3000_0000],
      ]);
    });

    test("the example: the MDM-AP of Kinetis", async () => {
      const on = probe(mdmModel());
      // What the page's example writes erases all flash: the session was told that it may.
      const session_ = await session(on, { mayErase: true });
      on.transfers();
      const mdmAp = session_.board.target.dp.aps.get(1);
      const idr = await mdmAp.readReg(0xfc); // Read IDR.
      await mdmAp.writeReg(0x4, 0x1);
      expect(idr).toBe(MDM_IDR);
      expect(on.transfers()).toEqual([
        "write DP 8 0x010000F0",
        "read AP C",
        "write DP 8 0x01000000",
        "write AP 4 0x00000001",
      ]);
    });
  });

  describe("Reset control", () => {
    /** A pack with sequences of its own, which say that they ran and do what resets the simulated core. */
    function pack({
      sequences = [] as readonly string[],
      debug = "",
      core = "Cortex-M4",
    } = {}): DeviceContext {
      const texts = sequences.map(
        (name) =>
          `<sequence name="${name}"><block>Message(0, "${name}"); Write32(0xE000ED0C, 0x05FA0004);</block></sequence>`,
      );
      const device = `<processor Dcore="${core}"/><debug ${debug}/><sequences>${texts.join("")}</sequences>`;
      const { description, inSequence } = describedBy({ device });
      return new DeviceContext({ description, inSequence });
    }

    interface Case {
      readonly target: Target;
      readonly on: WatchedProbe;
      /** Messages of sequences, and by whom the target was reset, since the last call. */
      readonly happened: () => readonly string[];
    }

    async function connected(request: ConnectRequest = {}, model = "generic-m4"): Promise<Case> {
      const on = probe(model);
      const said: string[] = [];
      const made = await session(on, {
        onEvent: (event) => {
          if (event.kind === "message") said.push(event.text);
        },
        ...request,
      });
      const happened = (): readonly string[] => {
        const resets = on.simulator.log.events.flatMap((event) => (event.kind === "reset" ? [event.by] : []));
        on.simulator.log.clear();
        return [...said.splice(0), ...resets];
      };
      happened();
      return { target: made.target, on, happened };
    }

    test("DebugPort.reset() asks the probe for a hardware reset", async () => {
      const { target, on, happened } = await connected();
      on.transfers();
      await target.dp.reset();
      expect(happened()).toEqual(["nRESET"]);
      expect(on.transfers().filter((each) => each.startsWith("pins"))).toEqual(
        expect.arrayContaining(["pins 0x00/0x80", "pins 0x80/0x80"]),
      );
      expect(await target.dp.isResetAsserted()).toBe(false);
    });

    test("DebugPort.assertReset(asserted) controls nRESET: true drives it low, false lets it go high", async () => {
      const { target, on } = await connected();
      await target.dp.assertReset(true);
      expect(on.simulator.soc.nreset).toBe(0);
      expect(await target.dp.isResetAsserted()).toBe(true);
      await target.dp.assertReset(false);
      expect(on.simulator.soc.nreset).toBe(1);
      expect(await target.dp.isResetAsserted()).toBe(false);
    });

    test("a session that is closed while nRESET is low lets it go", async () => {
      const on = probe();
      const made = await session(on);
      await made.target.dp.assertReset(true);
      await made.close();
      expect(on.simulator.soc.nreset).toBe(1);
    });

    test("Target.reset() normally performs a software reset", async () => {
      const { target, happened } = await connected();
      await target.reset();
      expect(happened()).toEqual(["cm4 SYSRESETREQ"]);
      expect(await target.getState()).toBe("running");
    });

    test("... unless the parameter is false: then it is a hardware reset", async () => {
      const { target, happened } = await connected();
      await target.reset(false);
      expect(happened()).toEqual(["nRESET"]);
    });

    test("Target.resetAndHalt() performs a halting reset, in software by default", async () => {
      const { target, happened } = await connected();
      await target.resetAndHalt();
      expect(happened()).toEqual(["cm4 SYSRESETREQ"]);
      expect(await target.getState()).toBe("halted");
      expect(await target.readCoreRegister("pc")).toBe(0x100);
      expect(await target.getVectorCatch()).toEqual([]);
    });

    test("... but may be set to hardware", async () => {
      const { target, happened } = await connected();
      await target.resetAndHalt(ResetType.HARDWARE);
      expect(happened()).toEqual(["nRESET"]);
      expect(await target.getState()).toBe("halted");
    });

    test("the type is one of Target.ResetType", () => {
      expect(Target.ResetType).toBe(ResetType);
      expect(Object.keys(ResetType)).toEqual(
        ["DEFAULT", "HARDWARE", "SYSTEM", "CORE", "NSRST", "SYSRESETREQ", "VECTRESET", "EMULATED"], // prettier-ignore
      );
    });

    test("DEFAULT: for pack targets defaultResetSequence is used", async () => {
      const own = pack({ sequences: ["ResetHardware", "MyReset"], debug: 'defaultResetSequence="MyReset"' });
      const { target, happened } = await connected({ context: own });
      await target.reset(ResetType.DEFAULT);
      expect(happened()).toEqual(["MyReset", "cm4 SYSRESETREQ"]);
    });

    test("DEFAULT: without one it is SYSTEM", async () => {
      const { target, happened } = await connected({ context: pack({ sequences: ["ResetSystem"] }) });
      await target.reset(ResetType.DEFAULT);
      expect(happened()).toEqual(["ResetSystem", "cm4 SYSRESETREQ"]);
    });

    test("DEFAULT: ... unless defaultResetType is set", async () => {
      const { target, happened } = await connected();
      target.selectedCore.defaultResetType = ResetType.NSRST;
      await target.reset();
      expect(happened()).toEqual(["nRESET"]);
    });

    test("HARDWARE: executes ResetHardware", async () => {
      const { target, happened } = await connected({ context: pack({ sequences: ["ResetHardware"] }) });
      await target.reset(ResetType.HARDWARE);
      expect(happened()[0]).toBe("ResetHardware");
    });

    test("HARDWARE: if the sequence does not exist, nSRST is used; the same without a pack", async () => {
      const { description, inSequence } = describedBy({
        device:
          '<processor Dcore="Cortex-M4"/><sequences><sequence name="ResetHardware" disable="1"/></sequences>',
      });
      for (const its of [new DeviceContext({ description, inSequence }), context]) {
        const { target, happened } = await connected({ context: its });
        await target.reset(ResetType.HARDWARE);
        expect(happened()).toEqual(["nRESET"]);
      }
    });

    test("SYSTEM: executes ResetSystem", async () => {
      const { target, happened } = await connected({ context: pack({ sequences: ["ResetSystem"] }) });
      await target.reset(ResetType.SYSTEM);
      expect(happened()).toEqual(["ResetSystem", "cm4 SYSRESETREQ"]);
    });

    test("SYSTEM: if the sequence does not exist, SYSRESETREQ is used; the same without a pack", async () => {
      const { description, inSequence } = describedBy({
        device:
          '<processor Dcore="Cortex-M4"/><sequences><sequence name="ResetSystem" disable="1"/></sequences>',
      });
      for (const its of [new DeviceContext({ description, inSequence }), context]) {
        const { target, happened } = await connected({ context: its });
        await target.reset(ResetType.SYSTEM);
        expect(happened()).toEqual(["cm4 SYSRESETREQ"]);
      }
    });

    test("CORE: executes ResetProcessor", async () => {
      const { target, happened } = await connected({ context: pack({ sequences: ["ResetProcessor"] }) });
      await target.reset(ResetType.CORE);
      expect(happened()[0]).toBe("ResetProcessor");
    });

    test("CORE: if the sequence does not exist, VECTRESET is used; the same without a pack", async () => {
      for (const its of [pack(), context]) {
        const { target, happened } = await connected({ context: its });
        await target.reset(ResetType.CORE);
        expect(happened()).toEqual(["cm4 VECTRESET"]);
        expect(await target.getState()).toBe("running");
      }
    });

    test("NSRST: hardware reset by nSRST, whatever the pack has", async () => {
      const { target, happened } = await connected({ context: pack({ sequences: ["ResetHardware"] }) });
      await target.reset(ResetType.NSRST);
      expect(happened()).toEqual(["nRESET"]);
    });

    test("SYSRESETREQ: software reset of the system, whatever the pack has", async () => {
      const { target, happened } = await connected({ context: pack({ sequences: ["ResetSystem"] }) });
      await target.reset(ResetType.SYSRESETREQ);
      expect(happened()).toEqual(["cm4 SYSRESETREQ"]);
    });

    test("VECTRESET: resets only the core, on v7-M", async () => {
      const { target, on, happened } = await connected();
      await target.resetAndHalt(ResetType.VECTRESET);
      expect(
        on.simulator.log.events.flatMap((event) => (event.kind === "reset" ? [event.reset] : [])),
      ).toEqual(["core"]);
      expect(happened()).toEqual(["cm4 VECTRESET"]);
      expect(await target.getState()).toBe("halted");
      expect(await target.readCoreRegister("pc")).toBe(0x100);
    });

    test.each(["generic-m0plus", "generic-m33"])(
      "VECTRESET: on %s it falls back to EMULATED",
      async (model) => {
        const { target, happened } = await connected({ connect: "halt" }, model);
        await target.writeCoreRegister("r4", 0x44);
        await target.resetAndHalt(ResetType.VECTRESET);
        expect(happened()).toEqual([]);
        expect(await target.readCoreRegister("r4")).toBe(0);
        expect(await target.readCoreRegister("pc")).toBe(0x100);
      },
    );

    test("EMULATED: the core is restored to reset conditions by writing registers", async () => {
      const { target, happened } = await connected({ connect: "halt" });
      const core = target.selectedCore;
      for (const name of ["r0", "r12", "psp"]) await core.writeCoreRegister(name, 0x2000_0000);
      await core.writeCoreRegister("primask", 1);
      await core.write32(0xe000_ed08, 0x2000_0000);
      await target.resetAndHalt(ResetType.EMULATED);
      expect(happened()).toEqual([]);
      const names = ["r0", "r12", "psp", "primask", "msp", "sp", "lr", "pc", "xpsr"];
      expect(await core.readCoreRegisters(names)).toEqual([
        ...[0, 0, 0, 0, 0x2004_0000, 0x2004_0000],
        ...[0xffff_ffff, 0x100, 0x0100_0000],
      ]);
      expect(await core.read32(0xe000_ed08)).toBe(0);
    });

    test("EMULATED: it does not trigger a reset vector catch", async () => {
      const { target } = await connected({ connect: "halt" });
      await target.setVectorCatch(["CORE_RESET"]);
      await target.reset(ResetType.EMULATED);
      expect(await target.getState()).toBe("running");
      expect(await target.selectedCore.getHaltReasons()).toEqual([]);
    });

    test("CortexM.defaultResetType controls the default: any of the types", async () => {
      const { target, happened } = await connected();
      for (const [type, by] of [
        [ResetType.VECTRESET, "cm4 VECTRESET"],
        [ResetType.HARDWARE, "nRESET"],
        [ResetType.DEFAULT, "cm4 SYSRESETREQ"],
      ] as const) {
        target.selectedCore.defaultResetType = type;
        await target.resetAndHalt();
        expect(happened()).toEqual([by]);
      }
    });

    test("another halting reset: setVectorCatch(), then a normal reset", async () => {
      const { target } = await connected();
      await target.setVectorCatch(["CORE_RESET"]);
      await target.reset();
      expect(await target.getState()).toBe("halted");
      expect(await target.selectedCore.getHaltReasons()).toContain("vector-catch");
    });

    test("... it always halts at reset, if the vector catch is left enabled", async () => {
      const { target } = await connected();
      await target.setVectorCatch(["CORE_RESET"]);
      for (const type of [ResetType.SYSTEM, ResetType.NSRST, ResetType.SYSRESETREQ]) {
        await target.resetAndHalt(type);
        await target.resume();
        expect(await target.getState()).toBe("running");
        await target.reset(type);
        expect(await target.getState()).toBe("halted");
      }
      expect(await target.getVectorCatch()).toEqual(["CORE_RESET"]);
    });

    test("the example: a timed reset using the DP", async () => {
      const on = probe();
      const session_ = await session(on);
      on.simulator.log.clear();
      const dp = session_.board.target.dp;

      // Timed reset.
      await dp.assertReset(true);
      const startUs = on.simulator.clock.nowUs();
      await session_.sleep(hasWallTime(transport) ? 100 : 1000);
      await dp.assertReset(false);

      expect(on.simulator.clock.nowUs() - startUs).toBeGreaterThanOrEqual(
        hasWallTime(transport) ? 95_000 : 1_000_000,
      );
      expect(await session_.target.getState()).toBe("running");
    });
  });
});
