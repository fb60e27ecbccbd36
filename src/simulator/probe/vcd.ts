/** Writes what the wires did as a Value Change Dump (IEEE 1364-2005, 18.2), for any viewer. Knows no file. */
import type { Levels, WireWatcher } from "../port/lines.ts";

const SIGNALS: readonly (readonly [level: keyof Levels, name: string, code: string])[] = [
  ["swclk", "SWCLK", "c"],
  ["swdio", "SWDIO", "d"],
  ["nreset", "nRESET", "r"],
  ["tdi", "TDI", "i"],
  ["tdo", "TDO", "o"],
];

const HEADER = [
  "$version dbgseq $end",
  "$comment the simulated wire, in the target's own time $end",
  "$timescale 1 ns $end",
  "$scope module wire $end",
  ...SIGNALS.map(([, name, code]) => `$var wire 1 ${code} ${name} $end`),
  "$upscope $end",
  "$enddefinitions $end",
  "",
].join("\n");

const NS_PER_US = 1000;

/** `write` gets the header at once, and then the lines of each moment at which something changed. */
export function vcd(write: (text: string) => void): WireWatcher {
  write(HEADER);
  let last: Levels | undefined;
  let lastNs = -1;
  return (atUs, levels) => {
    const changed = SIGNALS.filter(([level]) => last?.[level] !== levels[level]);
    if (changed.length === 0) return;
    const atNs = Math.round(atUs * NS_PER_US);
    const time = atNs === lastNs ? "" : `#${atNs}\n`;
    write(time + changed.map(([level, , code]) => `${levels[level]}${code}\n`).join(""));
    last = levels;
    lastNs = atNs;
  };
}
