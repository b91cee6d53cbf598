// Mutations of the elements of sets.
import { bitsOf } from "../address.ts";
import { type Document, edited, lineAt, replaced, type Site, sitesOf, textAt } from "./document.ts";
import type { Mutation } from "./mutation.ts";
import { swapped } from "./rules.ts";
import { type Prefix, prefixesOf, prefixText, within } from "./values.ts";

/** One element, and all of its list. */
interface Element {
  readonly site: Site;
  /** Of its set, or of the braces in which it stands. */
  readonly list: string;
  /** Has its line for itself. */
  readonly alone: boolean;
}

function elementsOf(document: Document): readonly Element[] {
  const alone = [...document.lines.entries()].flatMap(
    ([index, { text, role, file }]): Element[] => {
      if (role.kind !== "elements" || text.includes("{")) return [];
      const found = /^(add \S+ |\s*)([^,\s](?:[^{}]*[^,{}\s])?),?\s*$/.exec(text);
      const [, before = "", body = ""] = found ?? [];
      if (body === "" || (document.artefact.format === "nftables" && body.includes(","))) return [];
      const site = { index, start: before.length, end: before.length + body.length };
      return [{ site, list: `${file} ${role.set}`, alone: true }];
    },
  );
  const braces = sitesOf(document, ["rule", "elements"], /\{[^{}]*\}/g);
  const inline = braces.flatMap((list, number) =>
    within(document, list, /[^{},\s](?:[^{},]*[^{},\s])?/g).map((site) => ({
      site,
      list: `braces ${number}`,
      alone: false,
    })),
  );
  return [...alone, ...inline];
}

/** Elements whose list has at least two: an empty list is not even a text that loads. */
function shared(document: Document): readonly Element[] {
  const lists = Map.groupBy(elementsOf(document), ({ list }) => list);
  return [...lists.values()].filter((list) => list.length > 1).flat();
}

function removed(document: Document, { site, alone }: Element) {
  if (alone) return edited(document, ({ text }, index) => (index === site.index ? [] : [text]));
  const { text } = lineAt(document, site.index);
  const after = /^\s*,\s*/.exec(text.slice(site.end))?.[0].length ?? 0;
  const before = after > 0 ? 0 : (/,\s*$/.exec(text.slice(0, site.start))?.[0].length ?? 0);
  return replaced(document, { ...site, start: site.start - before, end: site.end + after }, "");
}

export const dropElement: Mutation = (document, chance) => {
  const element = chance.pick(shared(document));
  if (element === undefined) return undefined;
  return { index: element.site.index, artefact: removed(document, element) };
};

/** To another set of the same type of values, as far as the text tells. */
export const moveElement: Mutation = (document, chance) => {
  const own = shared(document).filter(({ alone }) => alone);
  const kindOf = ({ site }: Element) => {
    const text = textAt(document, site);
    return `${/:[\da-f]*:/.test(text)} ${/,| \. /.test(text)}`;
  };
  const element = chance.pick(own);
  if (element === undefined) return undefined;
  const others = own.filter(
    (each) => each.list !== element.list && kindOf(each) === kindOf(element),
  );
  const target = chance.pick(others);
  if (target === undefined) return undefined;
  const { text } = lineAt(document, target.site.index);
  const moved =
    text.slice(0, target.site.start) + textAt(document, element.site) + text.slice(target.site.end);
  const artefact = edited(document, (line, index) => {
    if (index === element.site.index) return [];
    return index === target.site.index ? [line.text, moved] : [line.text];
  });
  return { index: element.site.index, artefact };
};

/** Two neighbours of one list change places. */
export const reorderElements: Mutation = (document, chance) => {
  const all = elementsOf(document);
  const pairs = all.flatMap((first, place) => {
    const second = all[place + 1];
    return second?.list === first.list && second.alone === first.alone ? [{ first, second }] : [];
  });
  const pair = chance.pick(pairs);
  if (pair === undefined) return undefined;
  const { first, second } = pair;
  const { index } = first.site;
  if (first.alone) return { index, artefact: swapped(document, index, second.site.index) };
  const [a, b] = [textAt(document, first.site), textAt(document, second.site)];
  const { text } = lineAt(document, index);
  const between = text.slice(first.site.end, second.site.start);
  const both = { index, start: first.site.start, end: second.site.end };
  return { index, artefact: replaced(document, both, b + between + a) };
};

/** The same element once more, or half of it, where the format takes that. */
export const redundantElement: Mutation = (document, chance) =>
  document.artefact.format === "nftables"
    ? sameElement(document, chance)
    : [sameSlot, halfElement][chance.below(2)]?.(document, chance);

const sameElement: Mutation = (document, chance) => {
  const element = chance.pick(elementsOf(document));
  if (element === undefined) return undefined;
  const { index } = element.site;
  const text = textAt(document, element.site);
  if (!element.alone) {
    return { index, artefact: replaced(document, element.site, `${text}, ${text}`) };
  }
  const artefact = edited(document, (line, at) =>
    at === index ? [line.text, line.text] : [line.text],
  );
  return { index, artefact };
};

/** A port of a list a second time. */
const sameSlot: Mutation = (document, chance) => {
  const lists = sitesOf(document, ["rule"], /--[sd]ports [\d:,]+/g);
  const site = chance.pick(lists.flatMap((list) => within(document, list, /[\d:]+/g)));
  if (site === undefined) return undefined;
  const text = textAt(document, site);
  return { index: site.index, artefact: replaced(document, site, `${text},${text}`) };
};

/** A network and, beside it, one of its halves. */
const halfElement: Mutation = (document, chance) => {
  const found = chance.pick(elementPrefixes(document));
  if (found === undefined) return undefined;
  const { site } = found;
  const half = halvesOf(found)[chance.below(2)] ?? "";
  const artefact = edited(document, ({ text }, at) =>
    at === site.index ? [text, text.slice(0, site.start) + half + text.slice(site.end)] : [text],
  );
  return { index: site.index, artefact };
};

/** Two halves in the place of a whole: nothing changes. */
export const splitPrefix: Mutation = (document, chance) => {
  const found = chance.pick(elementPrefixes(document));
  if (found === undefined) return undefined;
  const { site } = found;
  const artefact = edited(document, ({ text }, at) =>
    at === site.index
      ? halvesOf(found).map((half) => text.slice(0, site.start) + half + text.slice(site.end))
      : [text],
  );
  return { index: site.index, artefact };
};

/** The prefixes that begin an element which has its line for itself, hosts left out. */
const elementPrefixes = (document: Document): readonly Prefix[] => {
  const starts = new Set(
    elementsOf(document).flatMap(({ site, alone }) =>
      alone ? [`${site.index} ${site.start}`] : [],
    ),
  );
  return prefixesOf(document).filter(
    ({ site, length, family }) =>
      starts.has(`${site.index} ${site.start}`) && length < bitsOf(family),
  );
};

function halvesOf({ base, length, family }: Prefix): readonly string[] {
  const half = 1n << BigInt(bitsOf(family) - length - 1);
  return [base & ~half, base | half].map((each) => prefixText(each, length + 1, family));
}
