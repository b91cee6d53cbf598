// The parts of a version over points: what each allows or denies between which of them, found by where
// it starts. Entries of equal content have one number in all versions, so that what both say drops out.
import type { Rule } from "../model/types.ts";
import type { Part, Reading } from "./parts.ts";
import type { PointSet, PointSpace } from "./points.ts";
import type { ServiceTable } from "./service-table.ts";

export interface Entry {
  /** Equal for entries of equal content. */
  readonly content: number;
  readonly effect: "allow" | "deny";
  readonly reading: Reading;
  readonly source: PointSet;
  readonly destination: PointSet;
  /** Number in the service table. */
  readonly service: number;
  readonly rule: Rule;
}

export interface Entries {
  readonly all: readonly Entry[];
  readonly from: (point: number) => readonly Entry[];
  readonly contents: ReadonlySet<number>;
}

/** Makes entries of versions that share their numbers of content. */
export function entryBuilder(
  space: PointSpace,
  services: ServiceTable,
): (version: number, parts: readonly Part[]) => Entries {
  const contents = new Map<string, number>();
  return (version, parts) => {
    const all: Entry[] = [];
    for (const { rule, reading, family, ...product } of parts) {
      const source = space.holding(version, product.source, family);
      const destination = space.holding(version, product.destination, family);
      const service = services.numberOf(product.service);
      const { effect } = rule;
      const key = `${effect} ${reading} ${source.id} ${destination.id} ${service}`;
      const content = contents.get(key) ?? contents.size;
      contents.set(key, content);
      all.push({ content, effect, reading, source, destination, service, rule });
    }
    return { all, from: bySource(all), contents: new Set(all.map((entry) => entry.content)) };
  };
}

function bySource(all: readonly Entry[]): Entries["from"] {
  let lists: Map<number, Entry[]> | undefined;
  return (point) => {
    if (lists === undefined) {
      lists = new Map();
      for (const entry of all) {
        for (const start of entry.source.members) {
          const list = lists.get(start);
          if (list === undefined) lists.set(start, [entry]);
          else list.push(entry);
        }
      }
    }
    return lists.get(point) ?? [];
  };
}
