/** What the value of a register says, field by field: of the core, the debug port, an access port or the device. Pure. */
import { MEANT_REGISTERS, meaningOf, type MeantRegister } from "../../coresight/adi/register-meanings.ts";
import { fieldOf, fullName, type PeripheralRegister } from "../../device/peripherals.ts";
import { nearest } from "../../lib/nearest.ts";
import type { ReadPackFile } from "../../pack/files/pack-files.ts";
import type { DeviceContext } from "../../project/context.ts";
import { SessionFailure } from "../../project/faults.ts";
import { Peripherals, svdOf } from "../../project/peripherals.ts";
import { bytes, call, optional, options, text, unsigned64, work } from "../arguments.ts";
import { device } from "../given.ts";

const EXPLAIN = call({ name: text, value: unsigned64 });
const AROUND = options({
  context: optional(device),
  svd: optional(options({ path: text, bytes })),
  readPackFile: optional(work),
});

export interface ExplainedField {
  readonly name: string;
  /** The numbers of its highest and lowest bit. */
  readonly bits: { readonly high: number; readonly low: number };
  readonly value: bigint;
  /** Absent if nothing is known, or nothing is to be said of a 0. */
  readonly meaning?: string;
}

export interface ExplainedRegister {
  readonly name: string;
  readonly of: "the core" | "the debug port" | "an access port" | "the device";
  /** In memory, or in the debug port or access port. */
  readonly address: number;
  readonly value: bigint;
  /** What the register is for. */
  readonly says?: string;
  /** What the value as a whole says. */
  readonly whole?: string;
  /** Where it is specified. */
  readonly source?: string;
  /** From the lowest bit up. */
  readonly fields: readonly ExplainedField[];
}

/** The device whose registers count, too. */
export interface RegistersOf {
  readonly context?: DeviceContext | undefined;
  /** It replaces the pack's own. */
  readonly svd?: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  readonly readPackFile?: ReadPackFile | undefined;
}

/**
 * Explains the value of a register of the core, the debug port or an access port by its name (`DHCSR`, `CTRL/STAT`), or of
 * the device (`GPIOA.MODER`) by its SVD file. Rejects with `no-such-name`; with `no-svd` if the name has a dot and no
 * SVD file is known; with `malformed-xml` and `not-svd`.
 *
 * `(await explainRegister("DHCSR", 0x00030003n)).fields.find(({ name }) => name === "S_HALT")?.meaning`
 */
export async function explainRegister(
  name: string,
  value: bigint,
  around: RegistersOf = {},
): Promise<ExplainedRegister> {
  EXPLAIN({ name, value });
  AROUND(around, "around");
  const own = MEANT_REGISTERS.find(({ info }) => keyOf(info.name) === keyOf(name));
  if (own !== undefined) return architected(own, value);
  const { context, svd, readPackFile } = around;
  const file =
    svd === undefined
      ? context && svdOf(context, readPackFile)
      : { path: svd.path, read: () => Promise.resolve(svd.bytes) };
  if (file === undefined && !name.includes(".")) throw unknown(name);
  const found = await new Peripherals(file).find(name);
  if (found.kind !== "register") throw unknown(name);
  return ofDevice(found.register, value);
}

/** Letter case, and the sign in `CTRL/STAT`, do not count. */
function keyOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

function unknown(name: string): SessionFailure {
  const near = nearest(
    name.toUpperCase(),
    MEANT_REGISTERS.map(({ info }) => info.name),
  );
  return new SessionFailure(
    { kind: "no-such-name", name, near: near === undefined ? [] : [near] },
    `no register "${name}" of a core, debug port or access port${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

function architected(register: MeantRegister, value: bigint): ExplainedRegister {
  const { info, of, says, whole } = register;
  const word = Number(BigInt.asUintN(32, value));
  const summary = whole?.(word);
  return {
    name: info.name,
    of,
    address: info.address,
    value,
    says,
    ...(summary === undefined ? {} : { whole: summary }),
    source: info.source,
    fields: info.fields.map(({ name, low, width }) => {
      const part = Number((value >> BigInt(low)) & ((1n << BigInt(width)) - 1n));
      const meaning = meaningOf(register, name, part);
      return {
        name,
        bits: { high: low + width - 1, low },
        value: BigInt(part),
        ...(meaning === undefined ? {} : { meaning }),
      };
    }),
  };
}

function ofDevice(register: PeripheralRegister, value: bigint): ExplainedRegister {
  return {
    name: fullName(register),
    of: "the device",
    address: register.address,
    value,
    fields: register.fields.map((field) => {
      const part = fieldOf(field, value);
      const meaning = field.values.get(part);
      return {
        name: field.name,
        bits: { high: field.lsb + field.width - 1, low: field.lsb },
        value: part,
        ...(meaning === undefined ? {} : { meaning }),
      };
    }),
  };
}
