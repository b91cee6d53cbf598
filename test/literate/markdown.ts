// Markdown -> the cases in it. A heading names a case, its fences are the case's files; a heading
// with headings below it is no case itself but hands its fences down to them.

export interface Fence {
  /** First word of the info string: `seg`, `yaml`, … */
  readonly language: string;
  /** What follows it: a path, mostly; empty where there is none. */
  readonly info: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

export interface LiterateCase {
  /** The headings from the top, joined: `SEG304: … / Fails`. */
  readonly name: string;
  /** The last heading alone. */
  readonly heading: string;
  readonly fences: readonly Fence[];
  readonly line: number;
}

interface Section {
  readonly depth: number;
  readonly heading: string;
  readonly line: number;
  readonly fences: Fence[];
}

/** Every case of a Markdown text that has at least one fence, in order. */
export function literateCases(markdown: string): readonly LiterateCase[] {
  const sections = sectionsOf(markdown);
  return sections.flatMap((section, index) => {
    const next = sections[index + 1];
    if (next !== undefined && next.depth > section.depth) return [];
    const path = ancestors(sections.slice(0, index + 1));
    const fences = path.flatMap((each) => each.fences);
    if (fences.length === 0) return [];
    const { heading, line } = section;
    return [{ name: path.map((each) => each.heading).join(" / "), heading, fences, line }];
  });
}

/** The last section with all that enclose it, outermost first. */
function ancestors(sections: readonly Section[]): readonly Section[] {
  let depth = Number.POSITIVE_INFINITY;
  return sections
    .toReversed()
    .filter((section) => {
      if (section.depth >= depth) return false;
      depth = section.depth;
      return true;
    })
    .reverse();
}

function sectionsOf(markdown: string): readonly Section[] {
  const lines = markdown.split(/\r?\n/);
  const sections: Section[] = [{ depth: 0, heading: "", line: 1, fences: [] }];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (heading !== null) {
      const [, marks = "", text = ""] = heading;
      sections.push({ depth: marks.length, heading: text.trim(), line: at + 1, fences: [] });
      continue;
    }
    const opening = /^(`{3,}) *(\S*) *(.*)$/.exec(line);
    if (opening === null) continue;
    const [, marks = "", language = "", info = ""] = opening;
    const end = lines.indexOf(marks, at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: this fence is never closed`);
    const text = lines
      .slice(at + 1, end)
      .map((each) => `${each}\n`)
      .join("");
    sections.at(-1)?.fences.push({ language, info: info.trim(), text, line: at + 1 });
    at = end;
  }
  return sections[0]?.fences.length === 0 ? sections.slice(1) : sections;
}
