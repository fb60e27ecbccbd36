/** The udev rules that let a person at the machine use a probe without being root. examples/udev/60-dbgseq.rules holds the same. */

/** Behind this name, before 73-seat-late.rules, which acts on the tag. */
export const RULES_FILE = "60-dbgseq.rules";

/** `uaccess` gives the device to the user who sits there. A group is not named: Fedora and Arch have no plugdev. */
const RIGHTS = 'MODE="0660", TAG+="uaccess"';

/**
 * Over ssh, and without systemd-logind, no user sits there. The group is made first, for most distributions have none, and as
 * a system group, for newer udev (systemd 258) passes over others.
 */
export const GROUP_STEP =
  'over ssh, and on systems without systemd: add GROUP="plugdev" to each line; sudo groupadd -f -r plugdev && sudo usermod -aG plugdev $USER; log in again';

/** Probes that say what they are: the product's name holds CMSIS-DAP. hidraw is how other programs reach v1 probes. */
export const GENERAL_RULES: readonly string[] = [
  `SUBSYSTEM=="usb", ATTR{product}=="*CMSIS-DAP*", ${RIGHTS}`,
  `KERNEL=="hidraw*", ATTRS{product}=="*CMSIS-DAP*", ${RIGHTS}`,
];

/** For one make of probe, whatever it is called. */
export function ruleFor(vendorId: number, productId: number): string {
  const hex = (value: number): string => value.toString(16).padStart(4, "0");
  return `SUBSYSTEM=="usb", ATTR{idVendor}=="${hex(vendorId)}", ATTR{idProduct}=="${hex(productId)}", ${RIGHTS}`;
}
