/** A DapLink whose outcomes are given: for answers that no simulated target gives, such as those of a JTAG port. */
import type { DapLink, Outcome, WireOp } from "../../src/coresight/wire/link.ts";

export type Reply = (ops: readonly WireOp[]) => Partial<Outcome>;

/** Answers each run with the next reply, those behind the last with success; `runs` keeps what was asked. */
export function scriptedLink(replies: readonly Reply[]): DapLink & { readonly runs: (readonly WireOp[])[] } {
  const runs: (readonly WireOp[])[] = [];
  return {
    runs,
    can: { selects: false, atomic: false, match: true, pins: 0xaf },
    identity: {},
    notes: [],
    blockWords: { read: 15, write: 14 },
    connect: () => Promise.resolve(),
    chain: () => Promise.resolve(),
    run: (ops) => {
      const reply = replies[runs.length];
      runs.push(ops);
      const done = ops.reduce((sum, op) => sum + operations(op), 0);
      const values = ops.map((op) => new Uint32Array(op.kind === "read" ? op.words : 0));
      return Promise.resolve({ done, confirmed: done, values, endUs: 0, exchanges: 1, ...reply?.(ops) });
    },
    interrupt: () => undefined,
    status: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function operations(op: WireOp): number {
  return op.kind === "read" ? op.words : op.kind === "write" ? op.words.length : 1;
}

/** An operation as a short text: `AP write 0xC`, `DP read 0x4`. */
export function shown(op: WireOp): string {
  if (op.kind !== "read" && op.kind !== "write") return op.kind;
  return `${op.register.port} ${op.kind} 0x${op.register.address.toString(16).toUpperCase()}`;
}
