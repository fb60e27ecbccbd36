/** Writes memory as lines for people: address, sixteen bytes in units of one access, and the printable characters. */
import { hex32 } from "../../lib/hex.ts";

const WIDTH = 16;

/**
 * `bits` is the size of a unit, whose lowest byte stands at its address. A remainder smaller than a unit is shown
 * in bytes.
 */
export function hexLines(address: number, bytes: Uint8Array, bits: 8 | 16 | 32 | 64 = 8): string {
  const unit = bits / 8;
  const columns = (WIDTH / unit) * (2 * unit + 1) - 1;
  let text = "";
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = [...bytes.subarray(at, at + WIDTH)];
    const digits: string[] = [];
    for (let from = 0; from < row.length;) {
      const size = row.length - from >= unit ? unit : 1;
      digits.push(
        row
          .slice(from, from + size)
          .reverse()
          .map(hexByte)
          .join(""),
      );
      from += size;
    }
    const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    text += `${hex32(address + at)}  ${digits.join(" ").padEnd(columns)}  ${shown}\n`;
  }
  return text;
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
