/**
 * Brings what a probe says of its packets into the possible range; every caller that reads these numbers asks
 * here. A wrong size or count costs speed and nothing else.
 */

/** Every CMSIS-DAP probe takes at least a full-speed packet. */
const LEAST_SIZE = 64;
/**
 * This is the size of a high-speed packet: some probes report more than they take, and longer packets gain
 * nothing.
 */
const MOST_SIZE = 512;
/** DAP_Info reports a size in two bytes; a buffer for a size of four bytes could be beyond any machine. */
const MOST_ROOM = 65_535;
/** No probe that was seen reports more. */
const LARGEST_SAID = 1024;
/** The answer has one byte. */
const MOST_COUNT = 255;

interface Believed {
  readonly value: number;
  readonly note?: string;
}

/** Returns the bytes of a packet, in both directions. */
export function believedSize(said: number | undefined): Believed {
  const value = clamped(said ?? 0, LEAST_SIZE, MOST_SIZE);
  if (said === undefined || (said > 0 && said <= LARGEST_SAID)) return { value };
  return { value, note: `the probe says that its packets have ${said} bytes; ${value} are used` };
}

/** Returns the number of packets that may be unanswered at a time. */
export function believedCount(said: number | undefined): Believed {
  const value = clamped(said ?? 1, 1, MOST_COUNT);
  if (said === undefined || said === value) return { value };
  const sent = value === 1 ? "1 is" : `${value} are`;
  return { value, note: `the probe says that it holds ${said} packets; ${sent} sent at a time` };
}

/**
 * Returns the room for an answer, or for the packets of a client that asked the probe itself; too much does
 * no harm.
 */
export function longestPacket(said: number | undefined): number {
  return clamped(said ?? 0, LEAST_SIZE, MOST_ROOM);
}

function clamped(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
