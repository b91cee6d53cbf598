// How many rules security groups take the usual way: one group for each side of a rule that names workloads,
// carried by all of them, however many that are. Counted from the text of the estate's rules; a stranger to
// the product. Denies, which groups cannot say, are left out for nothing.

const ports: Readonly<Record<string, number>> = { "{ https, metrics }": 2 };

/** @param files of a generated estate, by path */
export function usualRules(files: ReadonlyMap<string, string>): number {
  const seen = new Set<string>();
  for (const [path, text] of files) {
    if (!path.endsWith(".seg")) continue;
    for (const [, from = "", to = "", rest = ""] of text.matchAll(
      /^allow \S+ = (.+?) -> (.+?) : (\{.*?\}|\S+)/gm,
    )) {
      for (const port of Array.from({ length: ports[rest] ?? 1 }, (_, at) => `${rest} ${at}`)) {
        for (const peer of peersOf(from, path))
          if (isGroup(to)) seen.add(`in ${path} ${to} ${port} ${peer}`);
        for (const peer of peersOf(to, path))
          if (isGroup(from)) seen.add(`out ${path} ${from} ${port} ${peer}`);
      }
    }
  }
  return seen.size;
}

const isGroup = (side: string) => !/^(outside|networks|anywhere|internet)\b/.test(side);

/** A group, or prefixes: everything outside is one of each family. */
function peersOf(side: string, path: string): readonly string[] {
  if (isGroup(side)) return [`${path} ${side}`];
  const [, list] = /^networks \{ (.*) \}$/.exec(side) ?? [];
  return list === undefined ? ["0.0.0.0/0", "::/0"] : list.split(", ");
}
