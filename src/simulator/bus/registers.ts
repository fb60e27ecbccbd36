/**
 * A block of registers as a model describes it in data. The behaviours are a closed list; anything else needs
 * a device in code.
 */
import type { Agenda } from "./agenda.ts";
import { wordDevice, type Device, type ResetKind } from "./device.ts";

export interface Change {
  readonly mask: number;
  readonly us: number;
  /** The register whose write starts it; if absent, its own. */
  readonly written?: string | undefined;
}

export interface RegisterSpec {
  readonly name: string;
  readonly offset: number;
  readonly reset: number;
  /** A register with ro ignores writes; one with wo reads as zero. */
  readonly access: "rw" | "ro" | "wo";
  readonly writable: number;
  /** A written 1 clears these bits. */
  readonly w1c: number;
  /** A read clears these bits. */
  readonly readClears: number;
  /** Ones that are written here set or clear bits of another register. */
  readonly sets?: string | undefined;
  readonly clears?: string | undefined;
  /** These bits change some time after a write. */
  readonly setsAfter?: Change | undefined;
  readonly clearsAfter?: Change | undefined;
  /** The weakest reset that resets it. */
  readonly resetBy: "system" | "power";
}

/** Says what the rest of the block does: it fails, reads zero, or keeps what is written. */
export type OtherOffsets = "error" | "zero" | "keep";

export function registerBlock(
  block: { readonly registers: readonly RegisterSpec[]; readonly others: OtherOffsets },
  agenda: Agenda,
): Device {
  const byOffset = new Map(block.registers.map((spec) => [spec.offset, spec]));
  const byName = new Map(block.registers.map((spec) => [spec.name, spec]));
  const values = new Map(block.registers.map(({ offset, reset }) => [offset, reset]));
  const pending = new Set<() => void>();

  const valueOf = (offset: number): number => values.get(offset) ?? 0;
  const set = (offset: number, value: number): void => {
    values.set(offset, value >>> 0);
  };
  const other = (name: string | undefined, change: (value: number) => number): void => {
    const spec = name === undefined ? undefined : byName.get(name);
    if (spec !== undefined) set(spec.offset, change(valueOf(spec.offset)));
  };
  const later = (us: number, action: () => void): void => {
    const cancel = agenda.after(us, () => {
      pending.delete(cancel);
      action();
    });
    pending.add(cancel);
  };
  const startChanges = (written: RegisterSpec): void => {
    for (const spec of block.registers) {
      const { offset, setsAfter, clearsAfter } = spec;
      if (setsAfter !== undefined && (setsAfter.written ?? spec.name) === written.name)
        later(setsAfter.us, () => {
          set(offset, valueOf(offset) | setsAfter.mask);
        });
      if (clearsAfter !== undefined && (clearsAfter.written ?? spec.name) === written.name)
        later(clearsAfter.us, () => {
          set(offset, valueOf(offset) & ~clearsAfter.mask);
        });
    }
  };

  const read = (offset: number): number | "error" => {
    const spec = byOffset.get(offset);
    if (spec === undefined) return block.others === "error" ? "error" : valueOf(offset);
    const value = valueOf(offset);
    if (spec.readClears !== 0) set(offset, value & ~spec.readClears);
    return spec.access === "wo" ? 0 : value;
  };
  const write = (offset: number, value: number): "error" | undefined => {
    const spec = byOffset.get(offset);
    if (spec === undefined) {
      if (block.others === "keep") set(offset, value);
      return block.others === "error" ? "error" : undefined;
    }
    if (spec.access === "ro") return undefined;
    const plain = spec.writable & ~spec.w1c;
    const kept = valueOf(offset) & ~plain & ~(value & spec.w1c);
    set(offset, kept | (value & plain));
    other(spec.sets, (found) => found | value);
    other(spec.clears, (found) => found & ~value);
    startChanges(spec);
    return undefined;
  };

  return {
    ...wordDevice({
      read,
      write,
      still: (offset) => (valueOf(offset) & (byOffset.get(offset)?.readClears ?? 0)) === 0,
    }),
    kept: {
      save: () => Object.fromEntries([...values].map(([offset, value]) => [offset.toString(16), value])),
      load(numbers) {
        for (const [offset, value] of Object.entries(numbers)) set(Number.parseInt(offset, 16), value);
      },
    },
    reset(kind: ResetKind): void {
      if (kind === "core") return;
      for (const cancel of pending) cancel();
      pending.clear();
      for (const offset of [...values.keys()]) {
        const spec = byOffset.get(offset);
        if (kind === "power" || spec?.resetBy !== "power") set(offset, spec?.reset ?? 0);
      }
    },
  };
}
