/**
 * The settings of DAP_TransferConfigure and match-mask transfers, with the values of a probe that was just
 * plugged in.
 */

export interface TransferSettings {
  waitRetries: number;
  matchRetries: number;
  matchMask: number;
}

export function initialSettings(): TransferSettings {
  return { waitRetries: 100, matchRetries: 0, matchMask: 0 };
}
