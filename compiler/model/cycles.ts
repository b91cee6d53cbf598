// Orders things so that what they depend on comes first, and finds those that depend on
// themselves (Tarjan's strongly connected components, with an explicit stack: a chain of a
// hundred thousand segments is no reason to overflow).

interface Visit<T> {
  readonly node: T;
  readonly index: number;
  low: number;
  readonly next: readonly T[];
  at: number;
}

/**
 * The strongly connected components, dependencies first. A component of one member is no cycle
 * unless the member depends on itself.
 */
export function components<T>(
  nodes: Iterable<T>,
  dependencies: (node: T) => readonly T[],
): readonly (readonly T[])[] {
  const result: T[][] = [];
  const visits = new Map<T, Visit<T>>();
  const open: T[] = [];
  const isOpen = new Set<T>();
  const enter = (node: T): Visit<T> => {
    const index = visits.size;
    const visit = { node, index, low: index, next: dependencies(node), at: 0 };
    visits.set(node, visit);
    open.push(node);
    isOpen.add(node);
    return visit;
  };
  const close = (visit: Visit<T>) => {
    const members = open.splice(open.lastIndexOf(visit.node));
    for (const member of members) isOpen.delete(member);
    result.push(members);
  };
  for (const start of nodes) {
    if (visits.has(start)) continue;
    const path = [enter(start)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const next = visit.next[visit.at++];
      if (next === undefined) {
        if (visit.low === visit.index) close(visit);
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
        continue;
      }
      const seen = visits.get(next);
      if (seen === undefined) path.push(enter(next));
      else if (isOpen.has(next)) visit.low = Math.min(visit.low, seen.index);
    }
  }
  return result;
}

/** True where the component's members really depend on themselves. */
export function isCycle<T>(
  component: readonly T[],
  dependencies: (node: T) => readonly T[],
): boolean {
  const [only] = component;
  return component.length > 1 || (only !== undefined && dependencies(only).includes(only));
}

/** A shortest way from `start` back to itself inside its component; `start` is named once. */
export function cycleThrough<T>(
  start: T,
  component: readonly T[],
  dependencies: (node: T) => readonly T[],
): readonly T[] {
  const inside = new Set(component);
  const cameFrom = new Map<T, T>();
  const queue = [start];
  for (const node of queue) {
    for (const next of dependencies(node)) {
      if (next === start) return pathTo(node, cameFrom);
      if (!inside.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [start];
}

function pathTo<T>(end: T, cameFrom: ReadonlyMap<T, T>): readonly T[] {
  const path = [end];
  for (let node = cameFrom.get(end); node !== undefined; node = cameFrom.get(node)) {
    path.push(node);
  }
  return path.reverse();
}
