/** Knows which core registers a core has, by its extensions. A register of another core is an error and not a zero. */
import {
  coreRegister,
  CORE_REGISTERS,
  type CoreRegister,
  type Extension,
} from "../../coresight/core/core-registers.ts";
import type { Architecture } from "../../coresight/cpuid.ts";
import { SessionFailure } from "../../project/faults.ts";
import { badArgument } from "../arguments.ts";

export interface CoreFeatures {
  readonly architecture: Architecture;
  /** True for Armv7-M and Armv8-M Mainline. */
  readonly mainExtension: boolean;
  readonly fpu: boolean;
  /** True with TrustZone. */
  readonly security: boolean;
}

/** For each extension, whether the core has it, and the message if it does not. */
const EXTENSIONS: Readonly<
  Record<Extension, { readonly has: (features: CoreFeatures) => boolean; readonly without: string }>
> = {
  fpu: { has: ({ fpu }) => fpu, without: "an FPU" },
  main: { has: ({ mainExtension }) => mainExtension, without: "the main extension" },
  security: { has: ({ security }) => security, without: "the Security Extension" },
  "v8-M": { has: ({ architecture }) => architecture === "v8-M", without: "the Security Extension" },
  "main or security": {
    has: ({ mainExtension, security }) => mainExtension || security,
    without: "the Security Extension",
  },
};

export function listRegisters(features: CoreFeatures): readonly string[] {
  return CORE_REGISTERS.filter((register) => missing(register, features) === undefined).map(
    ({ name }) => name,
  );
}

/** Finds a register of the core by name or by its number in DCRSR.REGSEL. */
export function checkedRegister(register: string | number, features: CoreFeatures, core: string): string {
  const found = typeof register === "string" ? coreRegister(register) : byNumber(register);
  const lacks = missing(found, features);
  if (lacks === undefined) return found.name;
  throw new SessionFailure(
    { kind: "no-such-register", name: found.name, core },
    `${core} has no register ${found.name}: it does not have ${EXTENSIONS[lacks].without}`,
  );
}

function missing({ needs = [] }: CoreRegister, features: CoreFeatures): Extension | undefined {
  return needs.find((extension) => !EXTENSIONS[extension].has(features));
}

/** Finds a register by number. The word of the special registers has no number of its own: its parts have names only. */
function byNumber(number: number): CoreRegister {
  const found = CORE_REGISTERS.find(({ select, part }) => select === number && part === undefined);
  if (found !== undefined) return found;
  throw badArgument(`register must be the name of a core register, or its number in DCRSR, not ${number}`);
}
