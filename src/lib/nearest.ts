/** Finds the candidate closest to a misspelt word ("did you mean"). Knows no domain; case does not count. */

/** A guess must cost the same for any number of names, so only the first ones are looked at. */
const MOST_CANDIDATES = 300;
/** Longer words are not misspelt names; comparing two words takes the product of their lengths. */
const LONGEST_WORD = 80;

/**
 * Returns undefined if nothing is close enough to be worth saying: at most a third of the letters may differ.
 * `most` is for a caller that asks once, not for each finding.
 */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  most = MOST_CANDIDATES,
): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(word.length, 3) / 3) + 1;
  let left = most;
  for (const candidate of candidates) {
    if (left-- <= 0) break;
    const distance = distanceBetween(wanted, candidate, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Returns the one candidate that is a single slip away from a word. The word must be long enough to be sure,
 * since it may be replaced without asking.
 */
export function surely(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 4 || word.length > LONGEST_WORD) return undefined;
  const wanted = word.toLowerCase();
  const close = new Set<string>();
  let left = MOST_CANDIDATES;
  for (const candidate of candidates) {
    // There may be a second one among those that are not looked at.
    if (left-- <= 0) return undefined;
    if (distanceBetween(wanted, candidate, 2) <= 1) close.add(candidate);
  }
  return close.size === 1 ? [...close][0] : undefined;
}

/** Three rows of the table are used in turn: an edit and a swap of two letters look one and two rows back. */
const ROWS = [0, 1, 2].map(() => new Uint16Array(2 * LONGEST_WORD + 2));

/**
 * Counts edits (insert, delete, replace, swap of neighbours) from one word to the other; a count of `limit`
 * or more is cut short. Only cells that are nearer than that to the diagonal can matter. `from` is in lower
 * case.
 */
function distanceBetween(from: string, other: string, limit: number): number {
  if (Math.abs(from.length - other.length) >= limit) return limit;
  const to = other.toLowerCase();
  let [beforePrevious, previous, current] = ROWS as [Uint16Array, Uint16Array, Uint16Array];
  for (let column = 0; column <= to.length; column++) previous[column] = Math.min(column, limit);
  let leastBefore = 0;
  for (let row = 1; row <= from.length; row++) {
    const [first, last] = [Math.max(1, row - limit), Math.min(to.length, row + limit)];
    current[first - 1] = first === 1 ? Math.min(row, limit) : limit;
    let least = current[first - 1] ?? limit;
    const letter = from.charCodeAt(row - 1);
    for (let column = first; column <= last; column++) {
      const replaced = (previous[column - 1] ?? limit) + (letter === to.charCodeAt(column - 1) ? 0 : 1);
      let cost = Math.min((previous[column] ?? limit) + 1, (current[column - 1] ?? limit) + 1, replaced);
      const swapped =
        row > 1 &&
        column > 1 &&
        letter === to.charCodeAt(column - 2) &&
        from.charCodeAt(row - 2) === to.charCodeAt(column - 1);
      if (swapped) cost = Math.min(cost, (beforePrevious[column - 2] ?? limit) + 1);
      current[column] = Math.min(cost, limit);
      least = Math.min(least, cost);
    }
    // The next row looks one cell further.
    if (last < to.length) current[last + 1] = limit;
    // A swap reaches back two rows, so that only two rows beyond the limit settle it.
    if (least >= limit && leastBefore >= limit) return limit;
    leastBefore = least;
    [beforePrevious, previous, current] = [previous, current, beforePrevious];
  }
  return previous[to.length] ?? limit;
}
