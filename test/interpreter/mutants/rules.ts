// Mutations of whole rule lines.
import { type Document, edited, lineAt, replaced, sitesOf } from "./document.ts";
import type { Mutation } from "./mutation.ts";

export const dropRule: Mutation = (document, chance) => {
  const index = chance.pick(rulesOf(document));
  if (index === undefined) return undefined;
  return { index, artefact: without(document, [index]) };
};

export const duplicateRule: Mutation = (document, chance) => {
  const index = chance.pick(rulesOf(document));
  if (index === undefined) return undefined;
  const artefact = edited(document, ({ text }, at) => (at === index ? [text, text] : [text]));
  return { index, artefact };
};

/** With the next rule of the same chain. */
export const swapRules: Mutation = (document, chance) => {
  const index = chance.pick(rulesOf(document).filter((each) => follows(document, each, each + 1)));
  if (index === undefined) return undefined;
  return { index, artefact: swapped(document, index, index + 1) };
};

export const flipVerdict: Mutation = (document, chance) => {
  const pattern = /\b(accept|drop)\b|(?<=^:\w+ )(ACCEPT|DROP)\b|(?<=-j )(ACCEPT|DROP)\b/g;
  const site = chance.pick(sitesOf(document, ["rule", "policy"], pattern));
  if (site === undefined) return undefined;
  const old = lineAt(document, site.index).text.slice(site.start, site.end);
  const flips: Record<string, string> = { accept: "drop", drop: "accept", ACCEPT: "DROP" };
  return { index: site.index, artefact: replaced(document, site, flips[old] ?? "ACCEPT") };
};

/** All rules of one chain that ask one set, or one address, of version 6. */
export const dropFamily: Mutation = (document, chance) => {
  const subjectOf = (index: number): string | undefined => {
    const { text, role, file } = lineAt(document, index);
    if (role.kind !== "rule" || (document.artefact.format === "iptables" && file !== "v6")) {
      return undefined;
    }
    const pattern = /\bip6 [sd]addr (?:!= )?(\{[^}]*\}|\S+)|--match-set (\S+)| -[sd] (\S+)/;
    const found = pattern
      .exec(text)
      ?.slice(1)
      .find((each) => each !== undefined);
    return found === undefined ? undefined : `${file} ${role.chain} ${found}`;
  };
  const index = chance.pick(rulesOf(document).filter((each) => subjectOf(each) !== undefined));
  if (index === undefined) return undefined;
  const subject = subjectOf(index);
  const gone = rulesOf(document).filter((each) => subjectOf(each) === subject);
  return { index, artefact: without(document, gone) };
};

const rulesOf = (document: Document): readonly number[] =>
  [...document.lines.entries()].flatMap(([index, { role }]) =>
    role.kind === "rule" ? [index] : [],
  );

function follows(document: Document, first: number, second: number): boolean {
  const [a, b] = [document.lines[first], document.lines[second]];
  if (a?.role.kind !== "rule" || b?.role.kind !== "rule") return false;
  return a.file === b.file && a.role.chain === b.role.chain && a.text !== b.text;
}

const without = (document: Document, gone: readonly number[]) =>
  edited(document, ({ text }, index) => (gone.includes(index) ? [] : [text]));

export const swapped = (document: Document, first: number, second: number) =>
  edited(document, ({ text }, index) => [
    index === first
      ? lineAt(document, second).text
      : index === second
        ? lineAt(document, first).text
        : text,
  ]);
