/**
 * Holds the identification registers at the end of a component's 4 KiB (ADIv5.2 D1.2): PIDR, CIDR, DEVARCH,
 * DEVTYPE.
 */

const DEVARCH = 0xfbc;
const DEVTYPE = 0xfcc;
const PIDR4 = 0xfd0;
const PIDR0 = 0xfe0;
const CIDR0 = 0xff0;

/** Reads the register at an offset of 0xF00 and above; undefined if it is not for identification. */
export function identification(id: ComponentId, offset: number): number | undefined {
  switch (offset) {
    case DEVARCH:
      return id.devarch;
    case DEVTYPE:
      return id.devtype;
    case PIDR4:
      return id.bank;
    case PIDR4 + 4:
    case PIDR4 + 8:
    case PIDR4 + 12:
      return 0;
    case PIDR0:
      return id.part & 0xff;
    case PIDR0 + 4:
      return ((id.code & 0xf) << 4) | (id.part >> 8);
    case PIDR0 + 8:
      // Bit 3 says that a JEP106 code is used.
      return (id.revision << 4) | 0x8 | (id.code >> 4);
    case PIDR0 + 12:
      return 0;
    case CIDR0:
      return 0x0d;
    case CIDR0 + 4:
      return id.componentClass << 4;
    case CIDR0 + 8:
      return 0x05;
    case CIDR0 + 12:
      return 0xb1;
    default:
      return undefined;
  }
}

/** The CoreSight identification of a component (ADIv5.2 D1.2). */
export interface ComponentId {
  readonly part: number;
  /** These are the JEP106 continuation count and code. */
  readonly bank: number;
  readonly code: number;
  readonly revision: number;
  /** CIDR1[7:4] is 1 for a ROM table, 9 for a CoreSight component, 0xE for generic IP. */
  readonly componentClass: number;
  readonly devarch?: number;
  readonly devtype?: number;
}
