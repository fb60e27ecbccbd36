/**
 * Finds circles of calls: names that lead back to themselves (Tarjan's strongly connected components, without
 * recursion).
 */

interface Visit {
  readonly name: string;
  readonly calls: readonly string[];
  next: number;
}

/** Maps each name that lies on a circle through others to the number of that circle. */
export function circlesOf(calls: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const circles = new Map<string, number>();
  let found = 0;

  const enter = (name: string): Visit => {
    order.set(name, order.size);
    lowest.set(name, order.size - 1);
    open.push(name);
    isOpen.add(name);
    return { name, calls: calls.get(name) ?? [], next: 0 };
  };
  const lower = (name: string, to: number | undefined): void => {
    lowest.set(name, Math.min(lowest.get(name) ?? Infinity, to ?? Infinity));
  };
  const close = (name: string): void => {
    if (lowest.get(name) !== order.get(name)) return;
    const members = open.splice(open.lastIndexOf(name));
    for (const member of members) {
      isOpen.delete(member);
      if (members.length > 1) circles.set(member, found);
    }
    found += 1;
  };

  for (const start of calls.keys()) {
    if (order.has(start)) continue;
    const visits = [enter(start)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const next = visit.calls[visit.next];
      if (next === undefined) {
        visits.pop();
        close(visit.name);
        const above = visits.at(-1);
        if (above !== undefined) lower(above.name, lowest.get(visit.name));
        continue;
      }
      visit.next += 1;
      if (!order.has(next)) visits.push(enter(next));
      else if (isOpen.has(next)) lower(visit.name, order.get(next));
    }
  }
  return circles;
}
