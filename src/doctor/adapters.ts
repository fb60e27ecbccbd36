/** Debug adapters that are not CMSIS-DAP probes, by their USB ids: what they are and what to do with them. */
import type { UsbDevice } from "../probe/usb/port.ts";

interface Adapter {
  readonly vendorId: number;
  /** Absent if it means every product of that vendor. */
  readonly productIds?: readonly number[];
  readonly is: string;
  readonly steps: readonly string[];
}

const THROUGH_PYOCD =
  "pyocd can drive it and lend it: `pyocd server`, then the probe pyocd://localhost, if the installed pyocd supports it";

const ADAPTERS: readonly Adapter[] = [
  {
    vendorId: 0x1366,
    is: "a SEGGER J-Link, which has its own protocol",
    steps: [THROUGH_PYOCD, "a J-Link OB may have CMSIS-DAP firmware of its board's maker"],
  },
  {
    vendorId: 0x0483,
    productIds: [0x3744, 0x3748, 0x374b, 0x374d, 0x374e, 0x374f, 0x3752, 0x3753, 0x3754, 0x3755, 0x3757],
    is: "an ST-Link, which has its own protocol",
    steps: [THROUGH_PYOCD],
  },
  {
    vendorId: 0x2e8a,
    productIds: [0x0003, 0x000f],
    is: "a Raspberry Pi chip that waits in its boot loader (BOOTSEL)",
    steps: ["copy the debugprobe firmware onto the disk that it shows; it is a probe after that"],
  },
  {
    vendorId: 0x1fc9,
    productIds: [0x000c, 0x0021],
    is: "an NXP debug chip that waits in its boot loader (DFU)",
    steps: ["take the DFU jumper off, or load its CMSIS-DAP firmware with NXP's LinkServer"],
  },
  {
    vendorId: 0x0d28,
    productIds: [0x0203],
    is: "a DAPLink that waits in its boot loader",
    steps: [
      "unplug it and plug it in with the reset button released; else copy its firmware onto the MAINTENANCE disk",
    ],
  },
];

export function adapterOf({ vendorId, productId }: UsbDevice): Pick<Adapter, "is" | "steps"> | undefined {
  return ADAPTERS.find(
    (one) =>
      one.vendorId === vendorId && (one.productIds === undefined || one.productIds.includes(productId)),
  );
}
