/** The names and numbers of pyOCD's remote probe protocol (its documentation's page "Remote probe protocol", version 1). */

export const PYOCD_VERSION = 1;
/** 5555 is the default of `pyocd server` and of its client. */
export const PYOCD_TCP_PORT = 5555;

/** Why a request failed; 0 is none of them. */
export const STATUS = {
  general: 1,
  probeDisconnected: 2,
  probe: 3,
  /** No acknowledge, or bad parity. */
  transfer: 10,
  /** WAIT for too long. */
  transferTimeout: 11,
  transferFault: 12,
} as const;

export const PROTOCOLS = { swd: "SWD", jtag: "JTAG" } as const;

/** What a probe can do; only those that decide something here. */
export type Capability =
  | "SWJ_SEQUENCE"
  | "SWD_SEQUENCE"
  | "JTAG_SEQUENCE"
  | "BANKED_DP_REGISTERS"
  | "APv2_ADDRESSES"
  /** It writes SELECT itself: addresses of AP registers come with the access port and the bank. */
  | "MANAGED_AP_SELECTION"
  | "MANAGED_DPBANKSEL";

/** Of a server's first and only answer to a client, with the status of a probe's failure. */
export const BUSY = "another client has the probe";

/** A request that fails, as the client is told. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}
