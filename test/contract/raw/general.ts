/** Commands about the probe itself, packets of several commands, and what no probe knows. */
import { bytes, half, shown, word, type RawCase, type State } from "./case.ts";
import { DPIDR, DRW, READ, transfer } from "./states.ts";

const one = (command: string, about: string, packet: Uint8Array, state: State = "off"): RawCase => ({
  command,
  about,
  state,
  packets: [packet],
});

/** What a probe says of itself is its own; its form is not: a text ends with its zero, a number has its length. */
function form(length: number | "text"): (answer: Uint8Array) => string {
  return (answer) => {
    const found = answer[1] ?? 0;
    const isWhole = answer.length === found + 2;
    const fits = length === "text" ? found === 0 || answer.at(-1) === 0 : found === 0 || found === length;
    return isWhole && fits ? "well formed" : shown(answer);
  };
}

const TEXTS = {
  vendor: 1,
  product: 2,
  "serial number": 3,
  "target vendor": 5,
  "target name": 6,
  "board vendor": 7,
  "board name": 8,
  "firmware version": 9,
};
const NUMBERS = {
  "test domain timer": [0xf1, 4],
  "UART receive buffer": [0xfb, 4],
  "UART transmit buffer": [0xfc, 4],
  "SWO buffer": [0xfd, 4],
  "packet count": [0xfe, 1],
  "packet size": [0xff, 2],
} as const;

const info: readonly RawCase[] = [
  ...Object.entries(TEXTS).map(([about, id]) => ({
    ...one("DAP_Info", about, bytes(0, id)),
    same: form("text"),
  })),
  ...Object.entries(NUMBERS).map(([about, [id, length]]) => ({
    ...one("DAP_Info", about, bytes(0, id)),
    same: form(length),
  })),
  { ...one("DAP_Info", "protocol version", bytes(0, 4)), same: form("text") },
  { ...one("DAP_Info", "capabilities", bytes(0, 0xf0)), same: form(2) },
  ...[0x00, 0x0a, 0x7f, 0xef, 0xf2, 0xfa].map((id) => one("DAP_Info", `undefined id ${id}`, bytes(0, id))),
];

const about: readonly RawCase[] = [
  ...[0, 1, 2, 0xff].flatMap((type) =>
    [0, 1, 2, 0xff].map((on) => one("DAP_HostStatus", `type ${type}, status ${on}`, bytes(1, type, on))),
  ),
  one("DAP_HostStatus", "both off again", bytes(0x7f, 2, 1, 0, 0, 1, 1, 0)),
  ...[0, 1, 2, 3, 0xff].map((port) => one("DAP_Connect", `port ${port}`, bytes(2, port))),
  one("DAP_Connect", "port 2 while SWD is on", bytes(2, 2), "swd"),
  one("DAP_Connect", "a port that is none, while SWD is on", bytes(2, 9), "swd"),
  {
    ...one("DAP_Connect", "a port that is none leaves the one that is on", bytes(2, 9), "swd"),
    packets: [bytes(2, 9), transfer(0, [DPIDR])],
  },
  one("DAP_Disconnect", "while off", bytes(3)),
  one("DAP_Disconnect", "while SWD is on", bytes(3), "swd"),
  one("DAP_Disconnect", "while JTAG is on", bytes(3), "jtag"),
  // A delay of 0 counts down from 2^32 in the reference firmware, so that it is not asked for.
  ...[1, 100, 0xffff].map((us) => one("DAP_Delay", `${us} us`, bytes(9, half(us)))),
  one("DAP_ResetTarget", "while off", bytes(0x0a)),
  one("DAP_ResetTarget", "while SWD is on", bytes(0x0a), "swd"),
];

/** A probe that has no such output refuses its commands; what one that has it does with them depends on its settings. */
const SWO = [0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1e];
const UART = [0x1f, 0x20, 0x21, 0x22, 0x23];
const outputs: readonly RawCase[] = [
  ...SWO.map((id) => ({
    ...one("DAP_SWO_*", `command ${id}`, bytes(id, 1, 0, 0, 0, 0)),
    without: ["swoUart", "swoManchester"] as const,
  })),
  ...UART.map((id) => ({
    ...one("DAP_UART_*", `command ${id}`, bytes(id, 1, 0, 0, 0, 0)),
    without: ["uart"] as const,
  })),
];

/** Commands that CMSIS-DAP leaves free; a vendor's may do anything, and are not sent. */
const unknown: readonly RawCase[] = [0x0b, 0x0f, 0x24, 0x30, 0x7d, 0xfe, 0xff].map((id) =>
  one("unknown", `command ${id}`, bytes(id)),
);

const delay = bytes(9, half(1));
const idr = transfer(0, [DPIDR]);
const packed: readonly RawCase[] = [
  one("DAP_ExecuteCommands", "none", bytes(0x7f, 0)),
  one("DAP_ExecuteCommands", "one", bytes(0x7f, 1, delay)),
  one("DAP_ExecuteCommands", "several of several kinds", bytes(0x7f, 3, delay, idr, bytes(0, 0)), "swd"),
  one(
    "DAP_ExecuteCommands",
    "one that fails does not stop the others",
    bytes(0x7f, 3, bytes(2, 9), idr, delay),
    "swd",
  ),
  one(
    "DAP_ExecuteCommands",
    "a transfer that fails does not stop the next",
    bytes(0x7f, 3, transfer(0, [DRW | READ], [DRW | READ]), transfer(0, [DPIDR]), delay),
    "swd with an error",
  ),
  one("DAP_ExecuteCommands", "an unknown command takes one byte", bytes(0x7f, 2, 0x30, delay)),
  one("DAP_ExecuteCommands", "inside itself", bytes(0x7f, 3, 0x7f, 1, delay)),
  one("DAP_ExecuteCommands", "DAP_QueueCommands inside", bytes(0x7f, 2, 0x7e, delay)),
  one("DAP_ExecuteCommands", "DAP_TransferAbort inside", bytes(0x7f, 2, 7, delay)),
  one(
    "DAP_ExecuteCommands",
    "blocks of no words",
    bytes(0x7f, 3, 6, 0, 0, 0, DRW, 6, 0, 0, 0, DRW | READ, delay),
    "swd",
  ),
  one(
    "DAP_ExecuteCommands",
    "transfers while off",
    bytes(
      0x7f,
      3,
      transfer(0, [DRW | READ], [DRW, 1, 2, 3, 4], [DRW | READ | 0x10, 1, 2, 3, 4]),
      bytes(6, 0, 2, 0, DRW, word(1), word(2)),
      delay,
    ),
  ),
  {
    ...one("DAP_QueueCommands", "one, then DAP_ExecuteCommands", delay),
    packets: [bytes(0x7e, 1, delay), bytes(0x7f, 1, idr)],
    state: "swd",
  },
  {
    ...one("DAP_QueueCommands", "one, then a plain command", delay),
    packets: [bytes(0x7e, 1, delay), bytes(0, 0)],
  },
  {
    ...one("DAP_QueueCommands", "none in it, then DAP_ExecuteCommands", delay),
    packets: [bytes(0x7e, 0), bytes(0x7f, 1, delay)],
  },
  {
    ...one("DAP_TransferAbort", "while nothing is under way: no answer", delay),
    packets: [bytes(7), idr],
    state: "swd",
  },
];

export const GENERAL: readonly RawCase[] = [...info, ...about, ...outputs, ...unknown, ...packed];
