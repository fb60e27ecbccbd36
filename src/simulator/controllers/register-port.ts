/**
 * An access port that has only registers, as vendors add them beside the MEM-APs: each access is answered at
 * once, and logged.
 */
import { call, optional, record, work } from "../../lib/arguments.ts";
import type { AccessPort } from "../port/access-port.ts";
import type { Soc } from "../soc/soc.ts";
import { apIndex, soc as socGiven } from "./given.ts";

export interface PortRegisters {
  readonly read: (register: number) => number;
  readonly write: (register: number, value: number) => void;
  /** It means the same as `Device.still`; absent if reads never change anything. */
  readonly still?: () => boolean;
}

const PORT = call({
  soc: socGiven,
  ap: apIndex,
  registers: record({
    read: work,
    write: work,
    still: optional(work),
  } satisfies Record<keyof PortRegisters, unknown>),
});

export function registerPort(soc: Soc, ap: number, registers: PortRegisters): AccessPort {
  PORT({ soc, ap, registers });
  const { read, write, still = () => true } = registers;
  return {
    still,
    read(register) {
      const value = read(register);
      soc.log.register({ ap, register, access: "read", value });
      return value;
    },
    write(register, value) {
      soc.log.register({ ap, register, access: "write", value });
      write(register, value);
      return undefined;
    },
    busy: () => false,
    abort: () => undefined,
  };
}
