/** Reads a .vcd of SWD as a logic analyser would: edges to bits, bits to transfers, transfers to accesses of memory. */

export interface Transfer {
  readonly port: "DP" | "AP";
  readonly read: boolean;
  /** 0, 4, 8 or 12. */
  readonly address: number;
  readonly ack: number;
  readonly data?: number;
}

const ACK_OK = 1;
const LINE_RESET = 50;

/** SWDIO at each rising edge of SWCLK. */
export function swdioBits(vcd: string): readonly (0 | 1)[] {
  const codes = new Map(
    [...vcd.matchAll(/^\$var wire 1 (\S+) (\S+) \$end$/gm)].map(([, code, name]) => [name, code]),
  );
  const clock = codes.get("SWCLK");
  const data = codes.get("SWDIO");
  const bits: (0 | 1)[] = [];
  const level = new Map<string, string>();
  // All changes of a moment hold before the edge of that moment is looked at.
  for (const moment of vcd.split(/^#\d+\n/m).slice(1)) {
    const before = level.get(clock ?? "");
    for (const [, value = "", code = ""] of moment.matchAll(/^([01])(\S+)$/gm)) level.set(code, value);
    if (before === "0" && level.get(clock ?? "") === "1") bits.push(level.get(data ?? "") === "1" ? 1 : 0);
  }
  return bits;
}

/** Throws where a request or data have a wrong parity. One turnaround cycle, no data phase after WAIT and FAULT. */
export function swdTransfers(bits: readonly (0 | 1)[]): readonly Transfer[] {
  const transfers: Transfer[] = [];
  for (const part of bits.join("").split(new RegExp(`1{${LINE_RESET},}`))) {
    if (!part.startsWith("00")) continue; // the switch from JTAG, or what was before the first line reset
    let at = 0;
    const take = (count: number): string => part.slice(at, (at += count));
    const number = (text: string): number => Number.parseInt(Array.from(text).reverse().join("") || "0", 2);
    while (at < part.length) {
      if (take(1) === "0") continue;
      const request = take(7);
      if (request.length < 7) break;
      const [ap, read, a2, a3] = request;
      if (parity(request.slice(0, 4)) !== request[4])
        throw new Error(`a request has bad parity: 1${request}`);
      const header = {
        port: ap === "1" ? ("AP" as const) : ("DP" as const),
        read: read === "1",
        address: (a2 === "1" ? 4 : 0) | (a3 === "1" ? 8 : 0),
      };
      take(1);
      const ack = number(take(3));
      if (ack !== ACK_OK) {
        take(1);
        transfers.push({ ...header, ack });
        continue;
      }
      if (!header.read) take(1);
      const word = take(32);
      if (parity(word) !== take(1)) throw new Error(`data have bad parity: ${word}`);
      if (header.read) take(1);
      transfers.push({ ...header, ack, data: number(word) });
    }
  }
  return transfers;
}

function parity(bits: string): string {
  return bits.replaceAll("0", "").length % 2 === 0 ? "0" : "1";
}

export interface WordAccess {
  readonly access: "read" | "write";
  readonly address: number;
  readonly value: number;
}

/** Accesses of words through the MEM-AP with number 0. What an AP read yields comes with the next AP read or RDBUFF. */
export function wordAccesses(transfers: readonly Transfer[]): readonly WordAccess[] {
  const accesses: WordAccess[] = [];
  let select = 0;
  let csw = 0;
  let tar = 0;
  let posted: number | undefined;
  for (const { port, read, address, ack, data = 0 } of transfers) {
    if (ack !== ACK_OK) continue;
    if (posted !== undefined && read && (port === "AP" || address === 0xc)) {
      accesses.push({ access: "read", address: posted, value: data });
      posted = undefined;
    }
    if (port === "DP") {
      if (!read && address === 0x8) select = data;
      continue;
    }
    if (select >>> 4 !== 0) {
      const banked = select >>> 4 === 1 ? (tar & ~0xf) | address : undefined;
      if (banked !== undefined && read) posted = banked >>> 0;
      else if (banked !== undefined) accesses.push({ access: "write", address: banked >>> 0, value: data });
      continue;
    }
    if (!read && address === 0x0) csw = data;
    if (!read && address === 0x4) tar = data;
    if (address !== 0xc) continue;
    if (read) posted = tar;
    else accesses.push({ access: "write", address: tar, value: data });
    if ((csw & 0x30) !== 0) tar = (tar + 4) >>> 0;
  }
  return accesses;
}
