// SEG2xx: names, modules and who may declare what (language.md 6.1 and 11, "Names and modules").
import { error, warning } from "../message.ts";

export const nameMessages = {
  SEG201: error({
    name: "unknown-name",
    title: "A name that nothing has, or that is of another kind",
    message: (
      p:
        | { why: "unknown"; name: string; where: string; suggestion: string }
        | { why: "other-kind"; name: string; found: string; wanted: string }
        | {
            why: "undeclared";
            kind: "label" | "team" | "module";
            name: string;
            suggestion: string;
          },
    ) => {
      if (p.why === "unknown")
        return `nothing is called \`${p.name}\` in ${p.where}${p.suggestion}`;
      if (p.why === "other-kind") return `\`${p.name}\` is a ${p.found}, not a ${p.wanted}`;
      return `no ${p.kind} is called \`${p.name}\`${p.suggestion}`;
    },
    help: (p) => {
      if (p.why === "unknown") return "declare it, or correct the name";
      if (p.why === "other-kind") return `name a ${p.wanted} here`;
      return p.kind === "module"
        ? `correct the name, or list module \`${p.name}\` in segc.yaml`
        : `declare ${p.kind} \`${p.name}\` in the root module, or correct the name`;
    },
  }),
  SEG202: error({
    name: "duplicate-name",
    title: "One name declared twice",
    message: (p: { kind: string; name: string; line: number }) =>
      `${p.kind} \`${p.name}\` is declared twice: here and on line ${p.line}`,
    help: () => "rename one of them",
  }),
  SEG203: error({
    name: "not-exported",
    title: "A name that exists but is not exported to the reader",
    message: (p: { name: string; holder: string; owner: string | undefined }) =>
      `${p.holder} does not export \`${p.name}\``,
    help: (p) =>
      p.owner === undefined
        ? `write \`export\` before \`${p.name}\` where it is declared`
        : `ask team \`${p.owner}\` to export \`${p.name}\`, or use a name that is exported`,
  }),
  SEG204: error({
    name: "module-cycle",
    title: "Modules that import each other",
    message: (p: { path: string }) => `modules \`${p.path}\` import each other`,
    help: () => "move the names that both need to a third module",
  }),
  SEG205: error({
    name: "definition-cycle",
    title: "Segments, services or templates that are defined through each other",
    message: (p: { kind: "segments" | "services" | "templates"; path: string }) =>
      `${p.kind} \`${p.path}\` are defined through each other`,
    help: () => "define one of them without the others",
  }),
  SEG206: warning({
    name: "unused-import",
    title: "An import that is never used",
    message: (p: { name: string }) => `import \`${p.name}\` is never used`,
    help: () => "remove it",
  }),
  SEG207: warning({
    name: "unused-definition",
    title: "Something that is declared, never used and not exported",
    message: (p: { kind: string; name: string }) =>
      `${p.kind} \`${p.name}\` is never used and not exported`,
    help: () => "remove it, or export it",
  }),
  SEG208: error({
    name: "root-only-declaration",
    title: "Vocabulary or an observe window outside the root module",
    message: (p: { kind: "label" | "team" | "require" | "observe"; root: string }) =>
      `\`${p.kind}\` may only stand in the root module`,
    help: (p) => `move it to module \`${p.root}\``,
  }),
  SEG209: error({
    name: "module-not-written-by-team",
    title: "`by` a team whose `writes` does not list the module",
    message: (p: { team: string; module: string }) =>
      `team \`${p.team}\` does not write module \`${p.module}\``,
    help: (p) =>
      `add \`${p.module}\` to \`writes\` of team \`${p.team}\` in the root module, or change \`by\``,
  }),
  SEG210: error({
    name: "module-layout",
    title: "A module that is not where segc.yaml says, is there twice, or claims to be the root",
    message: (
      p:
        | { why: "unlisted"; path: string; module: string }
        | { why: "other-name"; path: string; module: string; listed: string }
        | { why: "twice"; module: string; other: string }
        | { why: "second-root"; module: string; root: string }
        | { why: "not-root"; module: string }
        | { why: "no-root" }
        | { why: "root-unlisted"; root: string },
    ) => {
      switch (p.why) {
        case "unlisted":
          return `\`${p.path}\` (module \`${p.module}\`) is not listed in segc.yaml`;
        case "other-name":
          return `segc.yaml lists \`${p.path}\` as module \`${p.listed}\`, but it declares module \`${p.module}\``;
        case "twice":
          return `module \`${p.module}\` is declared twice: here and in \`${p.other}\``;
        case "second-root":
          return `module \`${p.module}\` says \`root\`, but the root is \`${p.root}\``;
        case "not-root":
          return `segc.yaml names \`${p.module}\` as the root, but its header does not say \`root\``;
        case "no-root":
          return "no module says `root`";
        case "root-unlisted":
          return `segc.yaml names \`${p.root}\` as the root, but lists no such module`;
      }
    },
    help: (p) => {
      if (p.why === "unlisted")
        return `add \`${p.module}: ${p.path}\` under \`modules\` in segc.yaml`;
      if (p.why === "second-root") return "remove `root`: a project has one";
      if (p.why === "not-root" || p.why === "no-root") {
        return "write `module NAME root` in the module that holds the vocabulary";
      }
      return "list one path for each module, and one root";
    },
  }),
} as const;
