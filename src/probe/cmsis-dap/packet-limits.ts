/**
 * What a probe says of its packets, brought into the range that there is: a caller that reads these numbers asks here. A size or
 * count that is a lie costs speed, and nothing else.
 */

/** Every CMSIS-DAP probe takes at least a full-speed packet. */
const LEAST_SIZE = 64;
/** That of a high-speed packet: some probes say more than they take, and longer ones gain nothing. */
const MOST_SIZE = 512;
/** DAP_Info says a size in two bytes; a buffer for what four of them could say is beyond any machine. */
const MOST_ROOM = 65_535;
/** More than this no probe that was seen says. */
const LARGEST_SAID = 1024;
/** The answer has one byte. */
const MOST_COUNT = 255;

interface Believed {
  readonly value: number;
  readonly note?: string;
}

/** Bytes of a packet, both ways. */
export function believedSize(said: number | undefined): Believed {
  const value = clamped(said ?? 0, LEAST_SIZE, MOST_SIZE);
  if (said === undefined || (said > 0 && said <= LARGEST_SAID)) return { value };
  return { value, note: `the probe says that its packets have ${said} bytes; ${value} are used` };
}

/** Packets that may be unanswered at a time. */
export function believedCount(said: number | undefined): Believed {
  const value = clamped(said ?? 1, 1, MOST_COUNT);
  if (said === undefined || said === value) return { value };
  const sent = value === 1 ? "1 is" : `${value} are`;
  return { value, note: `the probe says that it holds ${said} packets; ${sent} sent at a time` };
}

/** Room for an answer, or for the packets of somebody who asked the probe himself: too much does no harm. */
export function longestPacket(said: number | undefined): number {
  return clamped(said ?? 0, LEAST_SIZE, MOST_ROOM);
}

function clamped(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
