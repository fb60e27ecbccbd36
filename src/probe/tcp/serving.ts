/** What a port that lends a probe is asked for, and what it tells. Knows no socket. */

export interface TcpServerOptions {
  /** Loopback if omitted. */
  readonly host?: string;
  /** The protocol's own if omitted; 0 takes a free one. */
  readonly port?: number;
  /** The caller knows that whoever reaches the port owns the target, and wants it reached from other machines. */
  readonly mayLeaveLoopback?: boolean;
  /** How long a client may have its turn without a request. */
  readonly firstRequestMs?: number;
  /** The same while another client waits. */
  readonly giveWayMs?: number;
  readonly onEvent?: (event: TcpServerEvent) => void;
}

export type TcpServerEvent =
  | { readonly kind: "client-came"; readonly address: string }
  | { readonly kind: "client-left"; readonly address: string; readonly requests: number }
  /** Another client was there and stayed. */
  | { readonly kind: "client-refused"; readonly address: string }
  | { readonly kind: "client-wrong"; readonly address: string; readonly reason: string };
