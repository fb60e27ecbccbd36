/** A list in a sentence has this many names at most, and then says how many more there are. */
const MOST_LISTED = 20;

export function listed(names: Iterable<string | number | bigint>): string {
  const all = [...names];
  const shown = all.slice(0, MOST_LISTED).join(", ");
  return all.length <= MOST_LISTED ? shown : `${shown} and ${all.length - MOST_LISTED} more`;
}
