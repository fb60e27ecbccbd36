/** `dbgseq doctor --report`: what it tells of a machine and its probes, and that it tells nothing of a person. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsbError } from "../../src/probe/usb/port.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";
import { cleanText } from "../../src/doctor/clean-text.ts";
import type { Host } from "../../src/doctor/host.ts";
import { SmallProbe } from "../probe/small-probe.ts";
import { bulk, FakeDevice, fakeStack, hid } from "../probe/usb-fake.ts";
import { bundledCli } from "../support/bundled-cli.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { readReport, type Report } from "../support/report-schema.ts";

/** Stands wherever a person could: no report may hold it, in any case. */
const MARK = "Mallory77";

const PRESENT: Host["usb"] = () =>
  Promise.resolve(
    fakeStack([
      new FakeDevice({
        ports: [1, 2],
        serial: `${MARK}0001`,
        product: `Board CMSIS-DAP ${MARK}0001`,
        names: { 0: `CMSIS-DAP v2 of ${MARK}0001` },
        release: 0x0223,
        firmware: new SmallProbe({ serial: `${MARK}0001` }),
      }),
      new FakeDevice({ ports: [3], serial: "0001A0000001", obstacle: "access", interfaces: [hid(0)] }),
      new FakeDevice({ ports: [4], serial: `${MARK}-B`, claimFails: new UsbError("busy", "busy") }),
      // A J-Link, whose name holds the user's.
      new FakeDevice({
        ports: [5],
        ids: [0x1366, 0x0101],
        product: `J-Link of ${MARK}`,
        interfaces: [bulk(0)],
      }),
      new FakeDevice({ ports: [6], ids: [0x046d, 0xc077], product: "Mouse", interfaces: [] }),
    ]),
  );

function host(usb: Host["usb"] = PRESENT): Host {
  return {
    ...{ platform: "linux", procVersion: "Linux version 6.1.0", container: undefined, usb },
    facts: () =>
      Promise.resolve({
        ...{ release: `6.1.0-${MARK}`, arch: "arm64", node: "22.1.0", libc: "glibc 2.36" },
        packages: [
          { name: "usb", version: "2.18.0", libusb: "1.0.30" },
          {
            ...{ name: "node-hid", version: "3.4.0", problem: "no-build" },
            reason: `/home/${MARK}/node_modules/node-hid/a.node: invalid ELF header`,
          },
        ],
        secrets: [MARK, `/home/${MARK}`, "box"],
      }),
  };
}

async function reported(
  usb?: Host["usb"],
): Promise<Finished & { readonly text: string; readonly report: Report }> {
  const file = join(folderWith({}), "report.json");
  const surroundings = { cwd: process.cwd(), env: { USER: MARK }, host: host(usb) };
  const finished = await dbgseqIn(surroundings, "doctor", "--report", file, "--json");
  const text = readFileSync(file, "utf8");
  return { ...finished, text, report: readReport(text) };
}

describe("dbgseq doctor --report", () => {
  test("describes system, packages, descriptors and DAP_Info", async () => {
    const { report, code, err, out } = await reported();
    expect(code).toBe(0);
    expect(err).toMatch(/report\.json was written; look at it before you send it\n$/);
    expect(JSON.parse(out)).toMatchObject({
      command: "doctor",
      report: expect.stringMatching(/report\.json$/) as string,
    });
    expect(report).toMatchObject({
      version: 1,
      system: { platform: "linux", release: "6.1.0-(removed)", place: "plain", libc: "glibc 2.36" },
      packages: [
        { name: "usb", version: "2.18.0", libusb: "1.0.30" },
        { name: "node-hid", problem: "no-build", reason: "a.node: invalid ELF header" },
      ],
    });
    expect(report.devices.map(({ port, probe }) => [port, probe?.state])).toEqual([
      ["1-1.2", "usable"],
      ["1-3", "no-permission"],
      ["1-4", "usable"],
      ["1-5", undefined],
    ]);
    const [works, , taken] = report.devices;
    expect(works).toMatchObject({
      ...{ vendorId: "0x0d28", productId: "0x0204", release: "2.2.3", class: ["0xef", "0x02", "0x01"] },
      strings: {
        manufacturer: "Maker",
        product: "Board CMSIS-DAP (removed)",
        serial: { length: 13, meaningless: false },
      },
      interfaces: [
        {
          ...{
            number: 0,
            class: "0xff",
            subclass: "0x00",
            protocol: "0x00",
            name: "CMSIS-DAP v2 of (removed)",
          },
          endpoints: [
            { address: "0x02", type: "bulk", maxPacketSize: 512 },
            { address: "0x82", type: "bulk", maxPacketSize: 512 },
          ],
        },
      ],
      probe: {
        generations: ["v2"],
        info: {
          packetSize: expect.any(Number) as number,
          packetCount: expect.any(Number) as number,
          serial: { length: 13 },
        },
      },
    });
    expect(report.devices[1]?.strings).toMatchObject({ serial: { length: 12, meaningless: true } });
    expect(taken?.probe?.failed).toMatchObject({ kind: "busy" });
    expect(report.findings.map(({ code: one, probe }) => [one, probe])).toEqual(
      expect.arrayContaining([
        ["no-permission", "usb@1-3"],
        ["busy", "usb@1-4"],
        ["wrong-interface", "usb@1-5"],
      ]),
    );
  });

  test.each<[what: string, usb: Host["usb"] | undefined]>([
    ["with probes that work and do not", undefined],
    [
      "without the package",
      () =>
        Promise.reject(
          transportFailure({
            ...{ kind: "no-usb-library", library: "usb", problem: "no-build" },
            reason: `C:\\Users\\${MARK}\\node_modules\\usb\\a.node is not a valid Win32 application`,
            remedy: `npm run rebuild --prefix /home/${MARK}/node_modules/usb`,
          }),
        ),
    ],
    [
      "with a device that may not be asked",
      () =>
        Promise.resolve(
          fakeStack([new FakeDevice({ stringsFail: new UsbError("access", `no ${MARK}`) })], "win32"),
        ),
    ],
  ])("holds nothing about a person: %s", async (_what, usb) => {
    const { text, report } = await reported(usb);
    expect(text.toLowerCase()).not.toContain(MARK.toLowerCase());
    expect(text).not.toMatch(/\/home|Users/);
    expect(report.findings.length).toBeGreaterThan(0);
  });

  test("goes into a new file if none is named, and not together with --target", async () => {
    const { code, err } = await dbgseqIn(
      { cwd: ".", env: {}, host: host() },
      "doctor",
      "--report",
      "--target",
    );
    expect([code, err]).toEqual([2, expect.stringContaining("--report")]);
  });
});

test.each([
  ["/home/me/a b/node_modules/usb.node: bad", ["/home/me"], "usb.node: bad"],
  ["cannot open /opt/tools/x/libudev.so.1", [], "cannot open libudev.so.1"],
  ["C:\\Program\\usb\\x.node is bad", [], "x.node is bad"],
  ["this user may not open /dev/bus/usb/001/007", ["me"], "this user may not open /dev/bus/usb/001/007"],
  ["me and some others, by ME", ["me"], "(removed) and some others, by (removed)"],
  ["serial A(1+ in a text", ["A(1+"], "serial (removed) in a text"],
  ["failed:/opt/x/y and '/srv/b/c'", [], "failed:y and 'c'"],
  ["1/2 of tcp://host stays", [], "1/2 of tcp://host stays"],
])("clean text: %s", (text, secrets, wanted) => {
  expect(cleanText(text, secrets)).toBe(wanted);
});

test("a process in a home with a name: the report holds neither it nor the user's, the machine's, or the environment", async () => {
  const { folder, cli } = await bundledCli();
  try {
    const home = join(folder, MARK);
    const copy = join(home, "node_modules/dbgseq/dist/cli.mjs");
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, readFileSync(cli));
    const usb = join(home, "node_modules/usb");
    mkdirSync(usb);
    writeFileSync(join(usb, "package.json"), '{ "name": "usb", "version": "9.9.9", "main": "index.js" }');
    writeFileSync(
      join(usb, "index.js"),
      "throw new Error(__filename + ': cannot be loaded by ' + process.env.HOME);",
    );
    const env = { ...process.env, HOME: home, USER: MARK, LOGNAME: MARK, HOSTNAME: MARK, SECRET: MARK };
    const ran = spawnSync(process.execPath, [copy, "doctor", "--report"], {
      cwd: home,
      env,
      encoding: "utf8",
    });
    expect([ran.status, ran.stderr]).toEqual([3, expect.stringContaining("dbgseq-probes.json was written")]);
    expect(readdirSync(home).sort()).toEqual(["dbgseq-probes.json", "node_modules"]);
    const text = readFileSync(join(home, "dbgseq-probes.json"), "utf8");
    const report = readReport(text);
    expect(report.packages[0]).toMatchObject({ name: "usb", version: "9.9.9", problem: "no-build" });
    expect(report.packages[0]?.reason).toMatch(/index\.js: cannot be loaded by/);
    expect(text.toLowerCase()).not.toContain(MARK.toLowerCase());
    for (const word of [hostname(), userInfo().username])
      expect(text).not.toMatch(new RegExp(`\\b${word}\\b`, "i"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
