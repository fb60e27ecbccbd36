/**
 * Memory content as a file: Intel HEX, Motorola S-record or raw binary. Its output can be read by intel-hex.ts
 * and s-record.ts.
 */
import type { Chunk } from "./chunk.ts";
import { FlashFailure } from "../faults.ts";

export type DumpFormat = "hex" | "srec" | "bin";

/**
 * Chooses the format by the ending of a file's name; raw by default. Throws `bad-image` for formats that can only
 * be read.
 */
export function dumpFormatOf(name: string): DumpFormat {
  const [other] = /\.(?:uf2|elf|axf|out)$/i.exec(name) ?? [];
  if (other !== undefined) {
    const reason = `memory is written as Intel HEX, S-record or raw bytes, not as ${other.slice(1).toUpperCase()}`;
    throw new FlashFailure({ kind: "bad-image", file: name, reason, needs: "format" }, `${name}: ${reason}`);
  }
  if (/\.(?:hex|ihx|ihex)$/i.test(name)) return "hex";
  return /\.(?:srec|s19|s28|s37|mot)$/i.test(name) ? "srec" : "bin";
}

/** Encodes the pieces. Throws `bad-image` for several pieces in a raw binary, which has no addresses. */
export function encode(chunks: readonly Chunk[], format: DumpFormat, name: string): Uint8Array {
  if (format === "hex") return new TextEncoder().encode(intelHex(eachOnce(chunks)));
  if (format === "srec") return new TextEncoder().encode(sRecord(eachOnce(chunks)));
  const [only, ...more] = chunks;
  if (more.length === 0) return only?.bytes ?? new Uint8Array();
  const reason = `a raw binary has no addresses, so it cannot hold ${chunks.length} ranges; .hex and .srec can`;
  throw new FlashFailure({ kind: "bad-image", file: name, reason }, `${name}: ${reason}`);
}

/** Sorts by address and drops doubles: readers refuse a file that gives the byte at an address twice. */
function eachOnce(chunks: readonly Chunk[]): readonly Chunk[] {
  let end = 0;
  return [...chunks]
    .sort((one, other) => one.address - other.address)
    .map(({ address, bytes }) => {
      const start = Math.min(Math.max(address, end), address + bytes.length);
      end = Math.max(end, address + bytes.length);
      return { address: start, bytes: bytes.subarray(start - address) };
    });
}

const HEX_BYTES = 16;
const SREC_BYTES = 32;

function intelHex(chunks: readonly Chunk[]): string {
  const lines: string[] = [];
  let upper = 0;
  for (const { address, bytes } of chunks)
    for (let at = 0; at < bytes.length;) {
      const place = address + at;
      // A record must not cross 64 KiB, for its address would wrap.
      const size = Math.min(HEX_BYTES, bytes.length - at, 0x1_0000 - (place & 0xffff));
      if (Math.floor(place / 0x1_0000) !== upper) {
        upper = Math.floor(place / 0x1_0000);
        lines.push(hexRecord(4, 0, Uint8Array.of(upper >> 8, upper & 0xff)));
      }
      lines.push(hexRecord(0, place & 0xffff, bytes.subarray(at, at + size)));
      at += size;
    }
  lines.push(hexRecord(1, 0, new Uint8Array()));
  return `${lines.join("\n")}\n`;
}

function hexRecord(type: number, address: number, data: Uint8Array): string {
  const record = Uint8Array.of(data.length, address >> 8, address & 0xff, type, ...data);
  return `:${digits(record)}${digits(Uint8Array.of(-sumOf(record)))}`;
}

function sRecord(chunks: readonly Chunk[]): string {
  const lines = [record(0, 2, 0, new Uint8Array())];
  for (const { address, bytes } of chunks)
    for (let at = 0; at < bytes.length; at += SREC_BYTES)
      lines.push(record(3, 4, address + at, bytes.subarray(at, at + SREC_BYTES)));
  lines.push(record(7, 4, 0, new Uint8Array()));
  return `${lines.join("\n")}\n`;
}

function record(type: number, addressBytes: number, address: number, data: Uint8Array): string {
  const place = Array.from(
    { length: addressBytes },
    (_, index) => Math.floor(address / 2 ** (8 * (addressBytes - 1 - index))) & 0xff,
  );
  const bytes = Uint8Array.of(addressBytes + data.length + 1, ...place, ...data);
  return `S${type}${digits(bytes)}${digits(Uint8Array.of(~sumOf(bytes)))}`;
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

function digits(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("");
}
