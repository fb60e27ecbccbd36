/** Options and events of a port that lends a probe. Knows no socket. */

export interface TcpServerOptions {
  /** The address is loopback if omitted. */
  readonly host?: string;
  /** The port is the protocol's own if omitted; 0 takes a free one. */
  readonly port?: number;
  /** The caller knows that anyone who reaches the port owns the target, and wants other machines to reach it. */
  readonly mayLeaveLoopback?: boolean;
  /** The time that a client may have its turn without a request. */
  readonly firstRequestMs?: number;
  /** The same time while another client waits. */
  readonly giveWayMs?: number;
  readonly onEvent?: (event: TcpServerEvent) => void;
}

export type TcpServerEvent =
  | { readonly kind: "client-came"; readonly address: string }
  | { readonly kind: "client-left"; readonly address: string; readonly requests: number }
  /** Another client had the turn and kept it. */
  | { readonly kind: "client-refused"; readonly address: string }
  | { readonly kind: "client-wrong"; readonly address: string; readonly reason: string };
