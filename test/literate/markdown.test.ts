import { describe, expect, it } from "vitest";
import { literateCases } from "./markdown.ts";
import { projectTexts } from "./project.ts";

const page = `# Ports
\`\`\`yaml inventory/hosts.yaml
[]
\`\`\`

## Adjacent
\`\`\`seg crm.seg
module crm root
\`\`\`

## Apart
\`\`\`seg
# a comment first
module app root by ops
\`\`\`
\`\`\`text
no file
\`\`\`

## Without files but with those above
`;

describe("literate cases", () => {
  it("hands the fences of a heading down to the headings below it", () => {
    const cases = literateCases(page);
    expect(cases.map((each) => each.name)).toEqual([
      "Ports / Adjacent",
      "Ports / Apart",
      "Ports / Without files but with those above",
    ]);
    expect(cases.map((each) => each.fences.map((fence) => fence.language))).toEqual([
      ["yaml", "seg"],
      ["yaml", "seg", "text"],
      ["yaml"],
    ]);
    expect(cases[0]?.fences[1]).toMatchObject({ info: "crm.seg", text: "module crm root\n" });
  });

  it("refuses a fence that never ends", () => {
    expect(() => literateCases("# a\n```seg\nmodule a root\n")).toThrow("line 2");
  });
});

describe("literate projects", () => {
  it("makes up a segc.yaml from headers and data fences", () => {
    const [, apart] = literateCases(page);
    const texts = projectTexts(apart?.fences ?? []);
    expect([...texts.keys()]).toEqual(["inventory/hosts.yaml", "policy.seg", "segc.yaml"]);
    expect(JSON.parse(texts.get("segc.yaml") ?? "")).toEqual({
      edition: 1,
      root: "app",
      modules: { app: "policy.seg" },
      inventory: ["inventory/hosts.yaml"],
    });
  });

  it("takes a segc.yaml fence as it stands", () => {
    const [only] = literateCases("# a\n```yaml segc.yaml\nedition: 1\n```\n");
    expect(projectTexts(only?.fences ?? []).get("segc.yaml")).toBe("edition: 1\n");
  });
});
