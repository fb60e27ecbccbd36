/**
 * The exceptions that can halt a core before their handler runs, by name: the VC bits of DEMCR (Armv7-M C1.6.5,
 * Armv8-M D1.2.37).
 */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { DEMCR } from "../../coresight/registers.ts";
import { table } from "../../lib/table.ts";
import { badArgument, call, listOf, oneOf } from "../arguments.ts";

export type VectorCatchName =
  | "CORE_RESET"
  | "MEM_FAULT"
  | "COPROCESSOR_ERR"
  | "CHECK_ERR"
  | "STATE_ERR"
  | "BUS_FAULT"
  | "INTERRUPT_ERR"
  | "HARD_FAULT"
  | "SECURE_FAULT";

const BITS: Readonly<Record<string, number>> = table({
  CORE_RESET: 1 << 0,
  MEM_FAULT: 1 << 4,
  COPROCESSOR_ERR: 1 << 5,
  CHECK_ERR: 1 << 6,
  STATE_ERR: 1 << 7,
  BUS_FAULT: 1 << 8,
  INTERRUPT_ERR: 1 << 9,
  HARD_FAULT: 1 << 10,
  SECURE_FAULT: 1 << 11,
} satisfies Record<VectorCatchName, number>);

const VECTOR_CATCH = call({ names: listOf(oneOf(Object.keys(BITS))) });

const ALL = Object.values(BITS).reduce((all, bit) => all | bit, 0);

export async function writeVectorCatch(memory: MemAp, names: readonly VectorCatchName[]): Promise<void> {
  const bits = VECTOR_CATCH({ names }).names.reduce((all, name) => all | (BITS[name] ?? 0), 0);
  const demcr = await memory.read(DEMCR.address, 32, "read of DEMCR");
  await memory.write(DEMCR.address, 32, ((demcr & ~ALL) | bits) >>> 0, "write of DEMCR");
  const has = await readVectorCatch(memory);
  const missing = names.filter((name) => !has.includes(name));
  if (missing.length === 0) return;
  await memory.write(DEMCR.address, 32, demcr, "write of DEMCR");
  throw badArgument(`this core does not have the vector catch ${missing.join(", ")}`);
}

export async function readVectorCatch(memory: MemAp): Promise<readonly VectorCatchName[]> {
  const demcr = await memory.read(DEMCR.address, 32, "read of DEMCR");
  return (Object.keys(BITS) as VectorCatchName[]).filter((name) => (demcr & (BITS[name] ?? 0)) !== 0);
}
