/**
 * What becomes of a run over a probe that misbehaves. What only decorates never fails it, and is a note; what endangers what
 * is written and read never ends it with success. Each rule on SWD with its code and words, and on JTAG by the law alone.
 */
import { describe, expect, test } from "vitest";
import { compare, mustBeSame } from "../../src/flash/program/compare.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { sentences } from "../../src/lib/fault.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { findingOf } from "../../src/doctor/finding.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { MisbehavingPipe } from "./misbehaving.ts";
import { RULES, type RuleName } from "./misbehaviour.ts";

const RAM = 0x2000_0000;
const DATA = Uint8Array.from({ length: 1200 }, (_, at) => (at * 7 + 1) & 0xff);

interface Ended {
  readonly code: number;
  readonly said: string;
  readonly notes: string;
  /** What was written stands in the target's memory. */
  readonly written: boolean;
  readonly interfered: boolean;
  /** What a command line would advise. */
  readonly steps: string;
}

/** Connects, writes, reads back and compares, disconnects. */
async function runWith(name: RuleName, protocol: "swd" | "jtag"): Promise<Ended> {
  // Waits that nothing ends take as many exchanges as they have milliseconds.
  const latency = name.startsWith("no power") ? "hid-fs" : "bulk-hs";
  const simulator = openSimulator({ model: "generic-m4", options: { latency } });
  const pipe = new MisbehavingPipe(simulator, RULES[name]());
  const notes: string[] = [];
  const over = (probe: typeof pipe | typeof simulator.pipe): Parameters<typeof openSessionOver> => [
    { pipe: probe, clock: simulator.clock },
    {
      context: new DeviceContext({}),
      layers: [{ origin: "test", values: { protocol } }],
      operator: scriptedOperator([]),
      onEvent: (event) => {
        if (event.kind === "notice") notes.push(event.text);
      },
    },
  ];
  let failure: unknown;
  try {
    const session = await openSessionOver(...over(pipe));
    await session.during(async () => {
      await session.rig.target.memory.writeBytes(RAM, DATA);
      const image = new FlashImage();
      image.add(RAM, DATA, "data");
      mustBeSame(await compare(session, image));
    });
  } catch (error) {
    failure = error;
  }
  let found = new Uint8Array();
  if (failure === undefined) {
    await simulator.pipe.resync();
    const after = await openSessionOver(...over(simulator.pipe));
    await after.during(async () => {
      found = Uint8Array.from(await after.readBytes(RAM, DATA.length));
    });
  }
  return {
    code: failure === undefined ? 0 : (exitCodeOf(failure) ?? -1),
    said: sentences(failure).join("\n"),
    notes: notes.join("\n"),
    written: Buffer.compare(found, DATA) === 0,
    interfered: pipe.interfered,
    steps: findingOf(failure, { platform: "linux" } as never)?.steps.join("\n") ?? "",
  };
}

/** The exit code, and for a failure what is said, else the note; undefined if nothing is to be noted. */
const ENDS: Readonly<Record<RuleName, readonly [code: number, words?: RegExp]>> = {
  "nothing is wrong": [0],

  "no capabilities": [0],
  "capabilities with JTAG alone": [0],
  "capabilities of a later version": [0],
  "every capability": [0],
  "no atomic commands": [0],
  "a packet size of 0": [0, /its packets have 0 bytes; 64 are used/],
  "a packet size of 8": [0],
  "a packet size of 63": [0],
  "a packet size of 1024": [0],
  "a packet size of 65535": [0, /its packets have 65535 bytes; 512 are used/],
  "a packet size in one byte": [0],
  "no packet size": [0],
  "packet size refused": [0, /does not say its packet size: it refuses DAP_Info/],
  "a packet count of 0": [0, /it holds 0 packets; 1 is sent at a time/],
  "a packet count of 255": [0],
  "a packet count in four bytes": [0, /it holds 4294967295 packets; 255 are sent at a time/],
  "no packet count": [0],
  "packet count refused": [0, /does not say its packet count: it refuses DAP_Info/],
  "no texts": [0],
  "texts refused": [
    0,
    /does not say its vendor, product, serialNumber, protocolVersion, firmwareVersion: it refuses/,
  ],
  "long texts": [0],
  "texts without an end": [0],
  "texts that lie about their length": [0, /does not say its vendor, .*: its answer is shorter than it says/],
  "a firmware version that is a name": [0],
  "a firmware version that is a hash": [0],
  "another text at 0x09": [0],
  "names of a target": [0],

  "answers filled up with zeros": [0],
  "answers filled up with ones": [0],
  "one byte of each answer": [3, /answer to DAP_Info makes no sense/],
  "nothing of each answer": [3, /answer to DAP_Info makes no sense/],
  "a transfer's answer one byte short": [3, /answer to DAP_Transfer makes no sense\nthe packet ends after/],
  "a block's answer one word short": [3, /answer to DAP_TransferBlock makes no sense\nthe packet ends after/],
  "a strange echo once": [3, /begins with 0x7B: it belongs to another request/],
  "a transfer answered as a block": [3, /begins with 0x06: it belongs to another request/],
  "a count that is too high": [3, /DAP_Transfer says \d+ of \d+, and that all went well/],
  "a block's count that is too high": [
    3,
    /answer to DAP_TransferBlock makes no sense\nthe packet ends after/,
  ],

  "SWD sequences refused": [0],
  "pins refused": [0],
  "pins that are all high": [0],
  "delays refused": [0],
  "host status unknown": [0, /the probe does not know DAP_HostStatus \(0x01\); no result depends on it/],
  "host status refused": [0, /the probe refused DAP_HostStatus; no result depends on it/],
  "host status cut off": [0, /answer to DAP_HostStatus makes no sense; no result depends on it/],
  "host status never answered": [0, /did not answer DAP_HostStatus within \d+ ms; no result depends on it/],
  "connect refused": [3, /the probe cannot speak SWD/],
  "connect as JTAG": [3, /the probe cannot speak SWD/],
  "disconnect refused": [0, /the probe refused DAP_Disconnect; no result depends on it/],
  "disconnect unknown": [0, /the probe does not know DAP_Disconnect \(0x03\); no result depends on it/],
  "disconnect slow": [0, /did not answer DAP_Disconnect within 1000 ms; no result depends on it/],
  "disconnect never answered": [0, /did not answer DAP_Disconnect within 1000 ms; no result depends on it/],
  "connection closed at disconnect": [0, /tcp:\/\/relay:4441 closed the connection; no result depends on it/],
  "clock refused": [3, /the probe refused DAP_SWJ_Clock/],
  "transfer configuration refused": [3, /the probe refused DAP_TransferConfigure/],
  "SWD configuration refused": [3, /the probe refused DAP_SWD_Configure/],
  "line sequences refused": [3, /the probe refused DAP_SWJ_Sequence/],
  "queued commands unknown": [0],

  "an acknowledge of 7": [4, /the target did not answer/],
  "WAIT for ever": [4, /the target answered WAIT until the probe gave up/],
  "FAULT for ever": [4, /the target answered FAULT/],
  // Its wait runs out, which is a warning of its own; debug power is what accesses need, and they are confirmed.
  "no power acknowledged for the system": [0, /never acknowledged the request for system power/],
  "no power acknowledged for debug": [4, /power/],
  "DPIDR reads 0": [4, /DPIDR/],
  "DPIDR reads ones": [4, /DPIDR/],
  "DPIDR changes": [0],
  "a sticky error that stays": [0],
  "access ports read 0": [4, /access port|AP 0/],
  // A core that reads 0 has its port asked once more.
  "access ports vanish": [4, /AP 0 is not there/],

  "an answer too late": [3, /did not answer DAP_\w+ within/],
  "an answer lost": [3, /did not answer DAP_\w+ within/],
  "an answer twice": [3, /./],
  "the connection closed": [3, /tcp:\/\/relay:4441 closed the connection/],
  "silence from there on": [3, /did not answer DAP_\w+ within/],
  "every answer slow": [0],
};

/** Not of the flow over SWD that the job takes: they change nothing there. */
const UNUSED: readonly RuleName[] = [
  "nothing is wrong",
  // Nobody asks the probe for the target's name.
  "names of a target",
  "SWD sequences refused",
  "pins refused",
  "pins that are all high",
  "delays refused",
  "queued commands unknown",
];

describe("a run over a probe that misbehaves, on SWD", () => {
  test.each(Object.entries(ENDS) as [RuleName, (typeof ENDS)[RuleName]][])(
    "%s",
    async (name, [code, words]) => {
      const ended = await runWith(name, "swd");
      expect({ code: ended.code, said: code === 0 ? ended.said : "" }).toEqual({ code, said: "" });
      if (code === 0) expect(ended.written).toBe(true);
      if (words === undefined) expect(ended.notes).toBe("");
      else expect(code === 0 ? ended.notes : ended.said).toMatch(words);
      if (!UNUSED.includes(name)) expect(ended.interfered).toBe(true);
      // Nothing on this machine can be unplugged.
      expect(`${ended.said}${ended.notes}${ended.steps}`).not.toMatch(/unplug it/);
    },
  );
});

describe("wire rule 12: on JTAG", () => {
  test.each(Object.keys(RULES) as RuleName[])(
    "%s ends with success only if the memory holds what was written",
    async (name) => {
      const { code, written, said } = await runWith(name, "jtag");
      expect([0, 1, 3, 4]).toContain(code);
      if (code === 0) expect({ written, said }).toEqual({ written: true, said: "" });
      // What only decorates is the same on both.
      if (ENDS[name][0] === 0 && ENDS[name][1] !== undefined) expect(code).toBe(0);
    },
  );
});
