/**
 * Describes the wait of a sequence that timed out: its place, its condition, and the register that was read
 * last.
 */
import { decode, registerInfoAt, CTRL_STAT } from "../../coresight/registers.ts";
import { hex } from "../../lib/hex.ts";
import { where } from "../../lib/source.ts";
import type { SessionEvent } from "./events.ts";
import { timeText } from "../../lib/units.ts";

type Timeout = Extract<SessionEvent, { kind: "timeout" }>;
type AccessEvent = Extract<SessionEvent, { kind: "access" }>;

/** `last` is the newest access that was answered. */
export function expiredWait({ site, limitUs, value }: Timeout, last: AccessEvent | undefined): string {
  const { span } = site;
  const condition = span.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
  const read = last === undefined ? "" : `; ${readText(last)}`;
  return `${where(span)}: timed out after ${timeText(limitUs)}, waiting for ${condition} to become 0; it is ${hex(value)}${read}`;
}

/** Returns `DHCSR 0x02000000: S_RESET_ST was read last`. */
function readText({ access: { fn, args }, value = 0n }: AccessEvent): string {
  const [at = 0n] = args;
  const register =
    fn === "ReadDP" && at === 4n ? CTRL_STAT : fn === "Read32" ? registerInfoAt(Number(at)) : undefined;
  const call = `${fn}(${args.map((arg) => hex(arg)).join(", ")})`;
  return register === undefined
    ? `${call} read ${hex(value)}`
    : `${call} read ${decode(register, Number(value))}`;
}
