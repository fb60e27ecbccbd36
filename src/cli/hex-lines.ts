/** Memory as lines for people: address, sixteen bytes, and what of them can be printed. */
import { hex32 } from "../lib/hex.ts";

const WIDTH = 16;

export function hexLines(address: number, bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = [...bytes.subarray(at, at + WIDTH)];
    const digits = row.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
    const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    text += `${hex32(address + at)}  ${digits.padEnd(3 * WIDTH - 1)}  ${shown}\n`;
  }
  return text;
}
