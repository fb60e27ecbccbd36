/**
 * An access port that has only registers, as vendors add them beside the MEM-APs: each access is answered at
 * once, and logged.
 */
import type { AccessPort } from "../port/access-port.ts";
import type { Soc } from "../soc/soc.ts";

export interface PortRegisters {
  readonly read: (register: number) => number;
  readonly write: (register: number, value: number) => void;
  /** It means the same as `Device.still`; absent if reads never change anything. */
  readonly still?: () => boolean;
}

export function registerPort(
  soc: Soc,
  ap: number,
  { read, write, still = () => true }: PortRegisters,
): AccessPort {
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
