/** How long packets take between host and probe, as three common kinds of USB probe behave. */

export interface LatencyModel {
  readonly packetSize: number;
  /** What DAP_Info says of it. */
  readonly packetCount: number;
  /** From the request leaving the host to its reply, the probe's own work apart. */
  readonly roundTripUs: number;
  /** Replies follow each other no closer than this. */
  readonly intervalUs: number;
}

export const latencyModels = {
  none: { packetSize: 512, packetCount: 4, roundTripUs: 0, intervalUs: 0 },
  "hid-fs": { packetSize: 64, packetCount: 4, roundTripUs: 2000, intervalUs: 1000 },
  "bulk-fs": { packetSize: 64, packetCount: 8, roundTripUs: 500, intervalUs: 1000 / 9 },
  "bulk-hs": { packetSize: 512, packetCount: 4, roundTripUs: 125, intervalUs: 125 / 4 },
} as const satisfies Readonly<Record<string, LatencyModel>>;

export type LatencyName = keyof typeof latencyModels;
