/** The udev rules that let a person at the machine use a probe without being root. examples/udev/60-dbgseq.rules holds the same. */

/** The name sorts before 73-seat-late.rules, which acts on the tag. */
export const RULES_FILE = "60-dbgseq.rules";

/**
 * `uaccess` gives the device to the user who sits there. The rule does not name a group: Fedora and Arch have no
 * plugdev.
 */
const RIGHTS = 'MODE="0660", TAG+="uaccess"';

/**
 * Over ssh, and without systemd-logind, no user sits at the machine. The group is created first, for most
 * distributions do not have it. It must be a system group, for newer udev (systemd 258) ignores others.
 */
export const GROUP_STEP =
  'over ssh, and on systems without systemd: add GROUP="plugdev" to each line; sudo groupadd -f -r plugdev && sudo usermod -aG plugdev $USER; log in again';

/**
 * Rules for probes that say what they are: the product's name holds CMSIS-DAP. Other programs reach v1 probes
 * through hidraw.
 */
export const GENERAL_RULES: readonly string[] = [
  `SUBSYSTEM=="usb", ATTR{product}=="*CMSIS-DAP*", ${RIGHTS}`,
  `KERNEL=="hidraw*", ATTRS{product}=="*CMSIS-DAP*", ${RIGHTS}`,
];

/** The rule for one make of probe, whatever it is called. */
export function ruleFor(vendorId: number, productId: number): string {
  const hex = (value: number): string => value.toString(16).padStart(4, "0");
  return `SUBSYSTEM=="usb", ATTR{idVendor}=="${hex(vendorId)}", ATTR{idProduct}=="${hex(productId)}", ${RIGHTS}`;
}
