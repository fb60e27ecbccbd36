/** The rules by name: what probes, bridges and relays were seen to get wrong, and what would be worst. */
import type { Rule } from "./misbehaving.ts";

const INFO = 0x00;
const HOST_STATUS = 0x01;
const CONNECT = 0x02;
const DISCONNECT = 0x03;
const CONFIGURE = 0x04;
const TRANSFER = 0x05;
const BLOCK = 0x06;
const DELAY = 0x09;
const PINS = 0x10;
const CLOCK = 0x11;
const SWJ_SEQUENCE = 0x12;
const SWD_CONFIGURE = 0x13;
const SWD_SEQUENCE = 0x1d;
const QUEUE = 0x7e;
const EXECUTE = 0x7f;
const REFUSED = Uint8Array.of(0xff);
/** Ids from here on are numbers, those below texts. */
const NUMBERS = 0xf0;
/** An exchange in the midst of connecting, of a run, and of another one. */
const MIDST = 25;

const of = (...bytes: number[]): Uint8Array => Uint8Array.of(...bytes);
const text = (characters: string): Uint8Array =>
  of(INFO, characters.length + 1, ...new TextEncoder().encode(characters), 0);

/** The answers to one command. */
function on(id: number, change: (request: Uint8Array, answer: Uint8Array) => Uint8Array): Rule {
  return (request, answer) => (request[0] === id ? change(request, answer) : answer);
}

function info(id: number, change: (answer: Uint8Array) => Uint8Array): Rule {
  return (request, answer) => (request[0] === INFO && request[1] === id ? change(answer) : answer);
}

function texts(change: (answer: Uint8Array) => Uint8Array): Rule {
  return (request, answer) => (request[0] === INFO && (request[1] ?? 0) < NUMBERS ? change(answer) : answer);
}

/** The words that reads of an answer give; `address` is A[3:2] with the access port in bit 0, as a request has them. */
function words(change: (request: number, value: number) => number): Rule {
  return (request, answer) => {
    const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
    const put = (at: number, kind: number): void => {
      if (at + 4 <= answer.length) view.setUint32(at, change(kind, view.getUint32(at, true)) >>> 0, true);
    };
    if (request[0] === BLOCK && ((request[4] ?? 0) & 2) !== 0)
      for (let at = 4; at < answer.length; at += 4) put(at, request[4] ?? 0);
    if (request[0] !== TRANSFER) return answer;
    let from = 3;
    let to = 3;
    for (let left = request[2] ?? 0; left > 0; left--) {
      const kind = request[from++] ?? 0;
      if ((kind & 2) === 0 || (kind & 0x10) !== 0) from += 4;
      else {
        put(to, kind);
        to += 4;
      }
    }
    return answer;
  };
}

const isDpidr = (kind: number): boolean => (kind & 0xf) === 0x2;
const isCtrlStat = (kind: number): boolean => (kind & 0xf) === 0x6;
const isAp = (kind: number): boolean => (kind & 1) === 1;

/** From the nth of the answers to a command on. */
function after(id: number, count: number, answer: Uint8Array): Rule {
  let seen = 0;
  return (request, given) => (request[0] === id && ++seen > count ? answer : given);
}

/** Made anew for each run: some count. */
export const RULES = {
  "nothing is wrong": (): Rule => (_, answer) => answer,

  "no capabilities": () => info(0xf0, () => of(INFO, 0)),
  "capabilities with JTAG alone": () => info(0xf0, () => of(INFO, 1, 2)),
  "capabilities of a later version": () => info(0xf0, () => of(INFO, 2, 0xff, 0xff)),
  "every capability": () => info(0xf0, () => of(INFO, 1, 0xff)),
  "no atomic commands": () => info(0xf0, (answer) => of(INFO, 1, (answer[2] ?? 0) & ~0x10)),
  "a packet size of 0": () => info(0xff, () => of(INFO, 2, 0, 0)),
  "a packet size of 8": () => info(0xff, () => of(INFO, 2, 8, 0)),
  "a packet size of 63": () => info(0xff, () => of(INFO, 2, 63, 0)),
  "a packet size of 1024": () => info(0xff, () => of(INFO, 2, 0, 4)),
  "a packet size of 65535": () => info(0xff, () => of(INFO, 2, 0xff, 0xff)),
  "a packet size in one byte": () => info(0xff, () => of(INFO, 1, 64)),
  "no packet size": () => info(0xff, () => of(INFO, 0)),
  "packet size refused": () => info(0xff, () => REFUSED),
  "a packet count of 0": () => info(0xfe, () => of(INFO, 1, 0)),
  "a packet count of 255": () => info(0xfe, () => of(INFO, 1, 255)),
  "a packet count in four bytes": () => info(0xfe, () => of(INFO, 4, 0xff, 0xff, 0xff, 0xff)),
  "no packet count": () => info(0xfe, () => of(INFO, 0)),
  "packet count refused": () => info(0xfe, () => REFUSED),
  "no texts": () => texts(() => of(INFO, 0)),
  "texts refused": () => texts(() => REFUSED),
  "long texts": () => texts(() => text("x".repeat(60))),
  "texts without an end": () => texts(() => of(INFO, 4, 0x31, 0x2e, 0x30, 0x61)),
  "texts that lie about their length": () => texts(() => of(INFO, 40, 0x41, 0x42, 0)),
  "a firmware version that is a name": () => info(0x04, () => text("V1.0.Build7")),
  "a firmware version that is a hash": () => info(0x04, () => text("7a0d7c4-modified")),
  "another text at 0x09": () => info(0x09, () => text("2.0.0")),
  "names of a target": () => (request, answer) =>
    request[0] === INFO && (request[1] === 5 || request[1] === 6) ? text("nRF52840_xxAA") : answer,

  "answers filled up with zeros": () => (_, answer) => filled(answer, 0),
  "answers filled up with ones": () => (_, answer) => filled(answer, 0xff),
  "one byte of each answer": () => (_, answer) => answer.subarray(0, 1),
  "nothing of each answer": () => () => of(),
  "a transfer's answer one byte short": () =>
    on(TRANSFER, (_, answer) => (answer.length > 3 ? answer.subarray(0, -1) : answer)),
  "a block's answer one word short": () =>
    on(BLOCK, (_, answer) => (answer.length > 4 ? answer.subarray(0, -4) : answer)),
  "a strange echo once": () => (_, answer, number) =>
    number === 20 ? of(0x7b, ...answer.subarray(1)) : answer,
  "a transfer answered as a block": () => on(TRANSFER, (_, answer) => of(BLOCK, ...answer.subarray(1))),
  "a count that is too high": () =>
    on(TRANSFER, (_, answer) => of(TRANSFER, (answer[1] ?? 0) + 3, ...answer.subarray(2))),
  "a block's count that is too high": () =>
    on(BLOCK, (_, answer) =>
      answer.length > 4 ? of(BLOCK, (answer[1] ?? 0) + 1, ...answer.subarray(2)) : answer,
    ),

  "SWD sequences refused": () => on(SWD_SEQUENCE, () => REFUSED),
  "pins refused": () => on(PINS, () => REFUSED),
  "pins that are all high": () => on(PINS, () => of(PINS, 0xff)),
  "delays refused": () => on(DELAY, () => REFUSED),
  "host status unknown": () => on(HOST_STATUS, () => REFUSED),
  "host status refused": () => on(HOST_STATUS, () => of(HOST_STATUS, 0xff)),
  "host status cut off": () => on(HOST_STATUS, () => of(HOST_STATUS)),
  "host status never answered": () => (request, answer) => (request[0] === HOST_STATUS ? "silent" : answer),
  "connect refused": () => on(CONNECT, () => of(CONNECT, 0)),
  "connect as JTAG": () => on(CONNECT, () => of(CONNECT, 2)),
  "disconnect refused": () => on(DISCONNECT, () => of(DISCONNECT, 0xff)),
  "disconnect unknown": () => on(DISCONNECT, () => REFUSED),
  "disconnect slow": () => (request, answer) =>
    request[0] === DISCONNECT ? { answer, lateUs: 1_500_000 } : answer,
  "disconnect never answered": () => (request, answer) => (request[0] === DISCONNECT ? "silent" : answer),
  "connection closed at disconnect": () => (request, answer) =>
    request[0] === DISCONNECT ? "closed" : answer,
  "clock refused": () => on(CLOCK, () => of(CLOCK, 0xff)),
  "transfer configuration refused": () => on(CONFIGURE, () => of(CONFIGURE, 0xff)),
  "SWD configuration refused": () => on(SWD_CONFIGURE, () => of(SWD_CONFIGURE, 0xff)),
  "line sequences refused": () => on(SWJ_SEQUENCE, () => of(SWJ_SEQUENCE, 0xff)),
  "queued commands unknown": () => (request, answer) =>
    request[0] === QUEUE || request[0] === EXECUTE ? REFUSED : answer,

  "an acknowledge of 7": () => (request, answer) =>
    request[0] === TRANSFER ? of(TRANSFER, 0, 7) : request[0] === BLOCK ? of(BLOCK, 0, 0, 7) : answer,
  "WAIT for ever": () => after(TRANSFER, 6, of(TRANSFER, 0, 2)),
  "FAULT for ever": () => after(TRANSFER, 12, of(TRANSFER, 0, 4)),
  "no power acknowledged for the system": () =>
    words((kind, value) => (isCtrlStat(kind) ? value & 0x7fff_ffff : value)),
  "no power acknowledged for debug": () =>
    words((kind, value) => (isCtrlStat(kind) ? value & 0xdfff_ffff : value)),
  "DPIDR reads 0": () => words((kind, value) => (isDpidr(kind) ? 0 : value)),
  "DPIDR reads ones": () => words((kind, value) => (isDpidr(kind) ? 0xffff_ffff : value)),
  "DPIDR changes": () => {
    let turn = 0;
    return words((kind, value) => (isDpidr(kind) && ++turn % 2 === 1 ? value ^ 0x1_0000 : value));
  },
  "a sticky error that stays": () => words((kind, value) => (isCtrlStat(kind) ? value | 0x20 : value)),
  "access ports read 0": () => words((kind, value) => (isAp(kind) ? 0 : value)),
  "access ports vanish": () => {
    let seen = 0;
    return words((kind, value) => (isAp(kind) && ++seen > 4 ? 0 : value));
  },

  "an answer too late": () => (_, answer, number) =>
    number === MIDST ? { answer, lateUs: 8_000_000 } : answer,
  "an answer lost": () => (_, answer, number) => (number === MIDST ? "silent" : answer),
  "an answer twice": () => (_, answer, number) => (number === MIDST ? "twice" : answer),
  "the connection closed": () => (_, answer, number) => (number === MIDST ? "closed" : answer),
  "silence from there on": () => (_, answer, number) => (number > MIDST ? "silent" : answer),
  "every answer slow": () => (_, answer) => ({ answer, lateUs: 150_000 }),
} as const satisfies Readonly<Record<string, () => Rule>>;

export type RuleName = keyof typeof RULES;

function filled(answer: Uint8Array, value: number): Uint8Array {
  const full = new Uint8Array(Math.max(64, answer.length)).fill(value);
  full.set(answer);
  return full;
}
