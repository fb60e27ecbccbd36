/**
 * Who uses a device of the package `usb` at the moment. The package has one object for each device, and one handle in it:
 * reading names, or trying whether it can be opened, must not close it below a connection of the same process.
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

/** Closes it behind the last user. Throws what the package throws. */
export function closeFor(device: Openable): void {
  const users = (USERS.get(device) ?? 1) - 1;
  USERS.set(device, users);
  if (users === 0) device.close();
}
