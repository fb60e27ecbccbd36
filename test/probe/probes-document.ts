/** grammar/probes.md: the probes that are known, and what real probes and systems do beside the specification. */
import { KNOWN_PROBES, versionOf, type KnownProbe } from "../../src/probe/usb/known.ts";

export interface Fact {
  readonly number: number;
  readonly fact: string;
  readonly source: string;
  /** What dbgseq does about it. */
  readonly does: string;
}

/** By the numbers that the names of tests begin with. */
export const FACTS: readonly Fact[] = [
  {
    number: 1,
    fact: "Windows lets one process open a WinUSB interface; the next one is refused at open, and may not read names",
    source: "libusb, os/windows_winusb.c; libusb issues 142, 807, 1131",
    does: "refused access on Windows means busy; a device whose interfaces fit is listed without its name and `--wait` waits for it",
  },
  {
    number: 2,
    fact: "macOS refuses access to a claimed interface",
    source: "libusb, os/darwin_usb.c",
    does: "busy; permissions and udev are spoken of on Linux only",
  },
  {
    number: 3,
    fact: "DAPLink v2 and debugprobe answer DAP_TransferAbort with 0xFF, the reference firmware does not answer",
    source:
      "DAPLink, source/daplink/cmsis-dap/DAP.c; debugprobe, src/tusb_edpt_handler.c; Arm, CMSIS-DAP 2.1.2",
    does: "after an abort the pipe is brought into step before the next command",
  },
  {
    number: 4,
    fact: "DAPLink claims atomic commands, refuses each DAP_QueueCommands and runs the last packet alone; debugprobe 2.3.0 and 2.3.1 suspend their thread at one that the next packet has not followed yet, and nothing resumes it (read, not seen)",
    source:
      "DAPLink, source/daplink/cmsis-dap/DAP.c, DAP_ExecuteCommand and DAP_ProcessCommand; debugprobe, src/tusb_edpt_handler.c, dap_thread and dap_edpt_xfer_cb",
    does: "tried once with DAP_Info, but of debugprobe from 2.3.0 on, which is not tried; then a block runs in one packet, or is refused before anything of it is sent",
  },
  {
    number: 5,
    fact: "the Raspberry Pi Debug Probe has no nRESET and reads it as 0",
    source: "debugprobe, include/board_debug_probe_config.h and DAP_config.h",
    does: "a hardware reset, pre-reset and under-reset fail with that reason; the doctor does not take it for missing power",
  },
  {
    number: 6,
    fact: "the bulk interface of KitProg3 and MiniProg4 may have class 0",
    source:
      "OpenOCD, src/jtag/drivers/cmsis_dap_usb_bulk.c (pyOCD and probe-rs demand class 0xFF: unconfirmed)",
    does: "an interface named CMSIS-DAP with a bulk pair is taken with class 0 and with classes above 0x12, too",
  },
  {
    number: 7,
    fact: "macOS lists HID interfaces in random order, and LPC-Link2, MCU-Link and KitProg3 have several",
    source: "pyOCD, pyocd/probe/pydapaccess/interface/common.py; OpenOCD; probe-rs issue 722",
    does: "by the interface's number if that is sure, else by usage page 0xFF00 exactly; what cannot be told apart is refused",
  },
  {
    number: 8,
    fact: "EDBG, Atmel-ICE and Power Debugger stay silent until a report has 512 bytes",
    source: "OpenOCD, src/jtag/drivers/cmsis_dap_usb_hid.c; probe-rs, probe-rs/src/probe/cmsisdap/tools.rs",
    does: "a report is as long as the endpoint's packet, or as the table says",
  },
  {
    number: 9,
    fact: "clones call themselves CMSIS_DAP, or WCH-Link, or share one serial number",
    source: "pyOCD, common.py; probe-rs issues 1601 and 1142",
    does: "found by pattern and by table; a shared serial number is not a name",
  },
  {
    number: 10,
    fact: "an interface of another protocol beside HID may look like v2 and have no name",
    source: "Atmel's composite devices (unconfirmed)",
    does: "such a guess comes last, OUT before IN, and gives way to v1 if it is silent",
  },
  {
    number: 11,
    fact: "of a device with v2 and v1 the v2 interface may have no driver (Windows)",
    source: "class installs of Windows 7",
    does: "v1 is used",
  },
  {
    number: 12,
    fact: "libusb_init can fail, and the package `usb` exports no functions then",
    source: "usb 2.18, src/node_usb.cc",
    does: "ends with 3 and the reason; `tcp://` and the simulator work",
  },
  {
    number: 13,
    fact: "macOS can show an empty bus, and port numbers that are empty or equal",
    source: "libusb issues 290, 492, 1156",
    does: "an empty list means a missing bus on Linux only; the address is added to a port that is not unique",
  },
  {
    number: 14,
    fact: "on macOS and Windows a device must be opened to read its names",
    source: "libusb, libusb_get_string_descriptor",
    does: "asked once per process and plugging in, known probes first",
  },
  {
    number: 15,
    fact: "a probe may say packets of 64 bytes on an endpoint of 512",
    source: "DAPLink issue 629",
    does: "reads have room for whole packets of the endpoint",
  },
  {
    number: 16,
    fact: "`usb` has no prebuilt binary for riscv64, takes the wrong one on musl arm64, needs GLIBC 2.34 on linux-arm, and libudev.so.1 on Linux",
    source: "usb 2.18, its prebuilds folder",
    does: "`usb` and `node-hid` are optional; what is missing is said at the first use, with one command that helps",
  },
  {
    number: 17,
    fact: "debugprobe before 2.2.0 loses packets, and before 2.3.0 it holds one packet less than it says",
    source: "probe-rs, tools.rs, denylist; debugprobe, src/tusb_edpt_handler.c",
    does: "its version is said; one place of the packets that a probe claims stays free",
  },
  {
    number: 18,
    fact: "`usermod -aG plugdev` fails on Fedora and Arch, which have no such group",
    source: "the distributions",
    does: "the udev rule's uaccess tag is enough for who sits there; the group is created where it is needed",
  },
  {
    number: 19,
    fact: "on Windows SIGTERM cannot be caught, SIGHUP is the closed console and SIGBREAK is Ctrl-Break",
    source: "Node.js, documentation of process, signal events",
    does: "all of them end a run in order",
  },
];

const hex = (value: number): string => value.toString(16).padStart(4, "0");

export function probesDocument(): string {
  return `# Probes

This file is generated: \`npm run generate\` writes it anew, the first table from
[src/probe/usb/known.ts](../src/probe/usb/known.ts). dbgseq was developed without these probes: the column "seen by" says who has seen it
work with one. The virtual machine is that of \`npm run test:usb\`: it saw a device with these ids and some of these differences, and not the probe itself.
\`dbgseq doctor --report\` writes what a person can send.

A probe need not stand here: whatever calls itself CMSIS-DAP, as the specification asks for, is found. A row says where one
differs from the specification.

| ids | probe | speaks | differs | source | seen by |
| --- | --- | --- | --- | --- | --- |
${KNOWN_PROBES.map(row).join("\n")}

## What probes and systems really do

Facts read from sources; none of them was run on Windows, macOS or hardware. The tests are named by these numbers.

| number | fact | source | what dbgseq does |
| --- | --- | --- | --- |
${FACTS.map(({ number, fact, source, does }) => `| PROBE-${String(number).padStart(2, "0")} | ${fact} | ${source} | ${does} |`).join("\n")}
`;
}

function row(probe: KnownProbe): string {
  const { vendorId, productId, name, speaks, source, seenBy } = probe;
  return `| \`${hex(vendorId)}:${hex(productId)}\` | ${name} | ${speaks?.join(", ") ?? ""} | ${differences(probe).join("; ")} | ${source} | ${seenBy} |`;
}

function differences(probe: KnownProbe): readonly string[] {
  const { hidInterface, reportBytes, packetBytes, lacks = [], sharesSerial, goodSince, note } = probe;
  const { stopsAtQueueSince } = probe;
  return [
    ...(reportBytes === undefined ? [] : [`reports of ${reportBytes} bytes`]),
    ...(packetBytes === undefined ? [] : [`packets of ${packetBytes} bytes`]),
    ...(hidInterface === undefined ? [] : [`HID interface ${hidInterface}`]),
    ...lacks.map((what) => `lacks ${what}`),
    ...(sharesSerial === true ? ["its serial number tells nothing"] : []),
    ...(goodSince === undefined
      ? []
      : [`oldest good firmware ${versionOf(goodSince.release)}: ${goodSince.before}`]),
    ...(stopsAtQueueSince === undefined
      ? []
      : [`from ${versionOf(stopsAtQueueSince)} on it stops at DAP_QueueCommands`]),
    ...(note === undefined ? [] : [note]),
  ];
}
