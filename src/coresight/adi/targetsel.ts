/**
 * TARGETSEL as bits on the line (ADIv5.2 B4.3.4): it is not acknowledged by any DP, so a probe cannot send it as
 * a transfer.
 */

/** The request: start, APnDP 0, RnW 0, A[3:2] = 3, parity 0, stop, park; least significant bit first. */
const REQUEST = 0x99n;
/** Turnaround, three acknowledge clocks, turnaround: the line is not driven and pulled up. */
const UNDRIVEN = 0x1fn;

/** The length of request, unacknowledged clocks, 32 data bits and parity. */
export const TARGETSEL_BITS = 8 + 5 + 32 + 1;

export function targetselBits(value: number): bigint {
  const data = BigInt(value >>> 0);
  return REQUEST | (UNDRIVEN << 8n) | (data << 13n) | (parity(data) << 45n);
}

function parity(value: bigint): bigint {
  let ones = 0n;
  for (let rest = value; rest > 0n; rest >>= 1n) ones += rest & 1n;
  return ones & 1n;
}
