/** A table that is looked up with names from outside: it has only its own, no `constructor` and no `toString`. */
export function table<const Value>(
  entries: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}
