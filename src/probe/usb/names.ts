/**
 * Keeps the strings of the devices of one stack, so that each is asked for once: on macOS and Windows asking
 * means opening, and a listing is repeated several times a second while a probe is waited for.
 */
import { UsbError, type UsbDevice, type UsbStrings } from "./port.ts";
import type { UsbStack } from "./stack.ts";

/**
 * `access` means that another program has the device, and `gone` that it cannot be asked. Neither is
 * remembered.
 */
export type Strings = UsbStrings | "access" | "gone";

const OF_STACK = new WeakMap<UsbStack, Names>();

export class Names {
  readonly #known = new Map<object, UsbStrings>();

  static of(stack: UsbStack): Names {
    const names = OF_STACK.get(stack) ?? new Names();
    OF_STACK.set(stack, names);
    return names;
  }

  keepOnly(devices: readonly UsbDevice[]): void {
    const present = new Set(devices.map(({ attachment }) => attachment));
    for (const key of this.#known.keys()) if (!present.has(key)) this.#known.delete(key);
  }

  async ask(device: UsbDevice): Promise<Strings> {
    const known = this.#known.get(device.attachment);
    if (known !== undefined) return known;
    try {
      const strings = await device.strings();
      this.#known.set(device.attachment, strings);
      return strings;
    } catch (error) {
      if (!(error instanceof UsbError)) throw error;
      return error.code === "access" || error.code === "busy" ? "access" : "gone";
    }
  }
}
