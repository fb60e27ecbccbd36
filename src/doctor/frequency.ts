/** A clock as people write it, and as options take it: `4MHz`, `100kHz`. */
export function frequency(hz: number): string {
  if (hz >= 1_000_000) return `${hz / 1_000_000}MHz`;
  return hz >= 1000 ? `${hz / 1000}kHz` : `${hz}Hz`;
}
