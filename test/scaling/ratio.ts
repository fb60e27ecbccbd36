/**
 * Whether the cost of reading something is about linear in its size: processor time for 2n against that for n. Only a ratio
 * within one run counts, of minima over rounds that take turns, so that neither a slow nor a busy machine decides.
 */

export interface Kind {
  /** An input that has `n` of what can repeat. */
  readonly make: (n: number) => unknown;
  readonly read: (input: never) => unknown;
  /** Where the sizes begin. */
  readonly from?: number;
  /** What is larger is refused; the ratio is then taken below that. */
  readonly most?: number;
}

/** Types the input, which only its kind knows. */
export function kind<T>(of: {
  readonly make: (n: number) => T;
  readonly read: (input: T) => unknown;
  readonly from?: number;
  readonly most?: number;
}): Kind {
  return of;
}

export const HIGHEST_RATIO = 2.5;
/** A ratio that needs no further round. */
const GOOD_RATIO = 2.3;
/**
 * So often what seems to be more than linear is looked at again, at other sizes and over two doublings if there may be so
 * many: chance, and the size at which the garbage collector begins to copy, cost a part of one doubling, and what is
 * quadratic costs four times as much in each.
 */
const LOOKS = 5;

export interface Effort {
  /** The smaller of the two sizes takes at least so long. */
  readonly leastMs: number;
  readonly rounds: number;
}

export const SHORT: Effort = { leastMs: 15, rounds: 4 };
export const LONG: Effort = { leastMs: 400, rounds: 5 };

export interface Measured {
  readonly n: number;
  readonly ratio: number;
}

export async function ratioOf(one: Kind, effort: Effort): Promise<Measured> {
  const { make, read, from = 250, most = Infinity } = one;
  let n = from;
  while (4 * n <= most && (await costMs(read, make(n))) < effort.leastMs) n *= 2;
  let ratio = await ratioAt(one, n, 1, effort);
  // Upward as far as the input may grow, else downward.
  const step = 16 * n <= most ? 2 : 0.5;
  for (let look = 1; look < LOOKS && ratio >= HIGHEST_RATIO; look++) {
    if (look > 1) n = Math.max(from, Math.floor(n * step));
    ratio = await ratioAt(one, n, 4 * n <= most ? 2 : 1, effort);
  }
  return { n, ratio };
}

/** Of one doubling, as the mean of several. */
async function ratioAt(
  { make, read }: Kind,
  n: number,
  doublings: number,
  { rounds }: Effort,
): Promise<number> {
  const [small, large] = [make(n), make(n * 2 ** doublings)];
  let [least, leastOfLarge] = [Infinity, Infinity];
  const ratio = (): number => (leastOfLarge / least) ** (1 / doublings);
  for (let round = 0; round < rounds; round++) {
    leastOfLarge = Math.min(leastOfLarge, await costMs(read, large));
    least = Math.min(least, await costMs(read, small));
    if (ratio() < GOOD_RATIO) break;
  }
  return ratio();
}

/** Of this process alone; what others do at the same time is not in it. */
async function costMs(read: (input: never) => unknown, input: unknown): Promise<number> {
  const before = process.cpuUsage();
  await read(input as never);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
