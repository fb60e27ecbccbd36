/**
 * The attributes of a memory access port's accesses on the bus: CSW.Prot and SPIDEN, by the names that AHB has
 * for them.
 */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { CSW } from "../../coresight/registers.ts";
import { apName } from "../../coresight/ap-place.ts";
import { hex } from "../../lib/hex.ts";
import { SessionFailure } from "../../project/faults.ts";
import { any, call, optional, options, unsigned, yesOrNo } from "../arguments.ts";

/** ADIv5.2 C2.6.4; for AHB-APs Armv7-M ARM, appendix on the AHB-AP, and the manuals of CoreSight SoC. */
export interface BusAttributes {
  /** HPROT[4:0]: bit 0 data (not code), bit 1 privileged, bit 2 bufferable, bit 3 cacheable or modifiable. */
  readonly hprot: number;
  /**
   * HNONSEC, or SPROT of older ports. Secure memory and peripherals refuse such an access or show their
   * Non-secure alias.
   */
  readonly nonSecure: boolean;
}

export interface KnownBusAttributes extends BusAttributes {
  /** SPIDEN: secure accesses are allowed now. If it is false, `nonSecure` changes nothing. */
  readonly secureAllowed: boolean;
}

const HPROT_LOW = 24;
const HPROT = 0x1f;
const NON_SECURE = 1 << 30;
const SPIDEN = 1 << 23;

/** The result of `getAttributes` may be passed in again; it does not set secureAllowed. */
const SET = call({
  attributes: options({ hprot: optional(unsigned(5)), nonSecure: optional(yesOrNo), secureAllowed: any }),
});

export async function readAttributes(memory: MemAp): Promise<KnownBusAttributes> {
  return attributesIn(await memory.readRegister(CSW));
}

/** Writes the attributes. Throws `not-supported` if the port does not accept them. */
export async function writeAttributes(memory: MemAp, wanted: Partial<BusAttributes>): Promise<void> {
  const { hprot, nonSecure } = SET({ attributes: wanted }).attributes;
  const bits = ((hprot ?? 0) << HPROT_LOW) | (nonSecure === true ? NON_SECURE : 0);
  const mask = (hprot === undefined ? 0 : HPROT << HPROT_LOW) | (nonSecure === undefined ? 0 : NON_SECURE);
  const csw = await memory.writeProt(bits >>> 0, mask >>> 0);
  if (((csw ^ bits) & mask) === 0) return;
  const has = attributesIn(csw);
  const what = `${apName(memory.ap)} does not take these attributes`;
  throw new SessionFailure(
    { kind: "not-supported", what },
    `${what}: it has hprot ${hex(has.hprot, 2)}, ${has.nonSecure ? "non-secure" : "secure"} (CSW ${hex(csw, 8)})`,
  );
}

function attributesIn(csw: number): KnownBusAttributes {
  return {
    hprot: (csw >>> HPROT_LOW) & HPROT,
    nonSecure: (csw & NON_SECURE) !== 0,
    secureAllowed: (csw & SPIDEN) !== 0,
  };
}
