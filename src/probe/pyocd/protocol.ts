/**
 * Holds the names and numbers of pyOCD's remote probe protocol (its documentation's page "Remote probe
 * protocol", version 1).
 */

export const PYOCD_VERSION = 1;
/** 5555 is the default of `pyocd server` and of its client. */
export const PYOCD_TCP_PORT = 5555;

/** Says why a request failed; none of them is 0. */
export const STATUS = {
  general: 1,
  probeDisconnected: 2,
  probe: 3,
  /** There was no acknowledge, or bad parity. */
  transfer: 10,
  /** The target answered WAIT for too long. */
  transferTimeout: 11,
  transferFault: 12,
} as const;

export const PROTOCOLS = { swd: "SWD", jtag: "JTAG" } as const;

/** The abilities of a probe; only those that decide something here are listed. */
export type Capability =
  | "SWJ_SEQUENCE"
  | "SWD_SEQUENCE"
  | "JTAG_SEQUENCE"
  | "BANKED_DP_REGISTERS"
  | "APv2_ADDRESSES"
  /** The probe writes SELECT itself: addresses of AP registers come with the access port and the bank. */
  | "MANAGED_AP_SELECTION"
  | "MANAGED_DPBANKSEL";

/** A server sends only this to a client that it refuses, with the status of a probe's failure. */
export const BUSY = "another client has the probe";

/** A request that fails, with the reason that the client is told. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}
