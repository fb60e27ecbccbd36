/** Says how long packets take between host and probe, as three common kinds of USB probe behave. */

export interface LatencyModel {
  readonly packetSize: number;
  /** DAP_Info reports this count. */
  readonly packetCount: number;
  /** The time from the request leaving the host to its reply, without the probe's own work. */
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
