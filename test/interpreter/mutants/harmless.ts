// Mutations that change no verdict: comments, names, the order of what has none.
import { type Document, edited, lineAt } from "./document.ts";
import type { Mutation } from "./mutation.ts";

export const changeComment: Mutation = (document, chance) => {
  const places = [...document.lines.entries()].flatMap(([index, { text }]) =>
    /^#|comment "/.test(text.trim()) ? [index] : [],
  );
  const index = chance.pick(places) ?? 0;
  const { text } = lineAt(document, index);
  const word = "something else";
  const changed = /comment "[^"]*"/.test(text)
    ? [text.replace(/comment "[^"]*"/, `comment "${word}"`)]
    : [`# ${word}`, text];
  return {
    index,
    artefact: edited(document, (line, at) => (at === index ? changed : [line.text])),
  };
};

/** A set under another name wherever it is named. */
export const renameSet: Mutation = (document, chance) => {
  const pattern = /^\s*(?:set|map|create) (\S+)/;
  const names = document.lines.flatMap(({ text }) => pattern.exec(text)?.slice(1) ?? []);
  const name = chance.pick(names);
  if (name === undefined) return undefined;
  const fresh = [`${name}_x`, `x_${name.slice(0, 20)}`].find(
    (each) => each.length <= 31 && !document.lines.some(({ text }) => text.includes(each)),
  );
  if (fresh === undefined) return undefined;
  const word = new RegExp(`(?<![\\w.-])${name.replace(/[^\w]/g, "\\$&")}(?![\\w.-])`, "g");
  const index = document.lines.findIndex(({ text }) => pattern.exec(text)?.[1] === name);
  const artefact = edited(document, ({ text }) => [text.replace(word, () => fresh)]);
  return { index, artefact };
};

/** Two sets or chains that follow each other change places, or two declarations of chains. */
export const reorderBlocks: Mutation = (document, chance) => {
  const blocks = blocksOf(document);
  const pairs = blocks.flatMap((first, place) => {
    const second = blocks[place + 1];
    return second !== undefined && second.start === first.end ? [{ first, second }] : [];
  });
  const pair = chance.pick(pairs);
  if (pair === undefined) return undefined;
  const { first, second } = pair;
  const part = (start: number, end: number) =>
    document.lines.slice(start, end).map(({ text }) => text);
  const turned = [...part(second.start, second.end), ...part(first.start, first.end)];
  const artefact = edited(document, ({ text }, index) => {
    if (index < first.start || index >= second.end) return [text];
    return index === first.start ? turned : [];
  });
  return { index: first.start, artefact };
};

interface Block {
  readonly start: number;
  /** The line after the last. */
  readonly end: number;
}

function blocksOf(document: Document): readonly Block[] {
  const blocks: Block[] = [];
  let open: number | undefined;
  for (const [index, { text, file }] of document.lines.entries()) {
    const next = document.lines[index + 1];
    if (/^:/.test(text)) blocks.push({ start: index, end: index + 1 });
    else if (/^ {2}(set|map|chain) /.test(text) || /^create /.test(text)) open = index;
    const ends =
      document.artefact.format === "nftables"
        ? /^ {2}\}/.test(text)
        : next?.file !== file || !/^add /.test(next.text);
    if (open === undefined || !ends) continue;
    blocks.push({ start: open, end: index + 1 });
    open = undefined;
  }
  return blocks;
}
