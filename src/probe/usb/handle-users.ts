/**
 * Counts the users of a device of the package `usb`. The package has one object for each device, and one
 * handle in it: code that reads names, or tests whether the device can be opened, must not close it under a
 * connection of the same process.
 */
export interface Openable {
  open(): void;
  close(): void;
}

const USERS = new WeakMap<Openable, number>();

/** Throws what the package throws. */
export function openFor(device: Openable): void {
  const users = USERS.get(device) ?? 0;
  if (users === 0) device.open();
  USERS.set(device, users + 1);
}

/** Closes it after the last user. Throws what the package throws. */
export function closeFor(device: Openable): void {
  const users = (USERS.get(device) ?? 1) - 1;
  USERS.set(device, users);
  if (users === 0) device.close();
}
