// Every relative link of every page leads somewhere, to the heading it names.
import { globSync, readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const pages = globSync(
  ["*.md", "docs/**/*.md", "examples/**/*.md", "bench/*.md", "targets/**/*.md"],
  {
    exclude: (path) => path.includes("node_modules"),
  },
).sort();

/** As GitHub makes them: lower case, no punctuation, hyphens for blanks. */
const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const withoutFences = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "");

const anchorsOf = (path: string) =>
  [...withoutFences(readFileSync(path, "utf8")).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) =>
    anchorOf(heading ?? ""),
  );

function brokenLinks(page: string): readonly string[] {
  const links = withoutFences(readFileSync(page, "utf8")).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(`${dirname(page)}/${path}`);
    const isThere = globSync(target).length > 0;
    if (!isThere) return [`${link}: no such file`];
    if (anchor === undefined || anchorsOf(target).includes(anchor)) return [];
    return [`${link}: no such heading`];
  });
}

describe("links", () => {
  it("are looked at on every page", () => {
    expect(pages).toContain("README.md");
    expect(pages.length).toBeGreaterThan(70);
  });

  it.each(pages)("of %s lead somewhere", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});
