/** "Did you mean": the candidate closest to a misspelt word. Knows no domain; case does not count. */

/** Undefined where nothing is close enough to be worth saying: at most a third of the letters may differ. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(word.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    const distance = distanceBetween(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The one candidate that is a single slip away from a word long enough to tell: it may be replaced without asking. */
export function surely(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 4) return undefined;
  const close = [...new Set(candidates)].filter(
    (one) => distanceBetween(word.toLowerCase(), one.toLowerCase(), 2) <= 1,
  );
  return close.length === 1 ? close[0] : undefined;
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other; `limit` or more is cut short. */
function distanceBetween(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, at) => at);
  let leastBefore = 0;
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    // A swap reaches back two rows, so that only two rows beyond the limit settle it.
    if (least >= limit && leastBefore >= limit) return limit;
    leastBefore = least;
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? limit;
}
