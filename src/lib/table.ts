/** Makes a table for look-ups with names from outside: it has no `constructor` and no `toString`. */
export function table<const Value>(
  entries: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}
