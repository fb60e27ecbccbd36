/** Defines the commands about the probe itself: lights, ports, delay, reset. */
import type { Command } from "./command.ts";
import { DAP_OK, statusResponse, type Status } from "./status.ts";

export interface HostStatusRequest {
  /** The value 0 is the "connected" light, and 1 the "running" light; the probe refuses other values. */
  readonly type: number;
  readonly on: boolean;
}

export const HOST_CONNECTED = 0;
export const HOST_RUNNING = 1;

export const dapHostStatus: Command<HostStatusRequest, Status> = {
  id: 0x01,
  name: "DAP_HostStatus",
  request: {
    encode: ({ type, on }, to) => {
      to.u8(type);
      to.u8(on ? 1 : 0);
    },
    decode: (from) => ({ type: from.u8(), on: (from.u8() & 1) === 1 }),
  },
  response: statusResponse,
};

export const PORT = { none: 0, swd: 1, jtag: 2 } as const;

export interface ConnectRequest {
  /** PORT.none asks for the probe's default. */
  readonly port: number;
}

export interface ConnectResponse {
  /** PORT.none means that the probe could not connect. */
  readonly port: number;
}

const port = {
  encode: (value: { readonly port: number }, to: { u8(value: number): void }): void => {
    to.u8(value.port);
  },
  decode: (from: { u8(): number }): { port: number } => ({ port: from.u8() }),
};

export const dapConnect: Command<ConnectRequest, ConnectResponse> = {
  id: 0x02,
  name: "DAP_Connect",
  request: port,
  response: port,
};

/** A command without arguments takes this. */
export type Nothing = Readonly<Record<string, never>>;
const nothing = { encode: (): void => undefined, decode: (): Nothing => ({}) };

export const dapDisconnect: Command<Nothing, Status> = {
  id: 0x03,
  name: "DAP_Disconnect",
  request: nothing,
  response: statusResponse,
};

export interface DelayRequest {
  /** The range is 0 to 65535. */
  readonly us: number;
}

export const dapDelay: Command<DelayRequest, Status> = {
  id: 0x09,
  name: "DAP_Delay",
  request: {
    encode: ({ us }, to) => {
      to.u16(us);
    },
    decode: (from) => ({ us: from.u16() }),
  },
  response: statusResponse,
};

export interface ResetTargetResponse extends Status {
  /** True if the probe has a reset sequence of its own for the target. */
  readonly executed: boolean;
}

export const dapResetTarget: Command<Nothing, ResetTargetResponse> = {
  id: 0x0a,
  name: "DAP_ResetTarget",
  request: nothing,
  response: {
    encode: ({ ok, executed }, to) => {
      statusResponse.encode({ ok }, to);
      to.u8(executed ? 1 : 0);
    },
    decode: (from) => ({ ok: from.u8() === DAP_OK, executed: from.u8() === 1 }),
  },
};
