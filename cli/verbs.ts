// The table of verbs: help and completion are read from it.
import { commonFormats, type Format, type OwnFormat } from "./call.ts";

/** Options beside the common ones, by name; `command-line.ts` knows what they mean. */
export type OwnOption =
  | "against"
  | "allow-excess"
  | "allow-gap"
  | "check"
  | "exit-code"
  | "fix"
  | "live"
  | "minimise"
  | "out"
  | "plan-out"
  | "calls"
  | "refresh"
  | "settle"
  | "since"
  | "target";

export type VerbName =
  | "init"
  | "fmt"
  | "check"
  | "lint"
  | "test"
  | "explain"
  | "compile"
  | "verify"
  | "diff"
  | "expire"
  | "plan"
  | "apply"
  | "drift"
  | "completion"
  | "version";

export interface Verb {
  readonly name: VerbName;
  readonly summary: string;
  /** As commander writes operands: `[x]` optional, `<x>` required, `...` several. */
  readonly operands: string;
  readonly own: readonly OwnOption[];
  /** What `--format` and `--output` can be beside the common ones. */
  readonly formats?: readonly OwnFormat[];
  /** Lines of shell, each with what it shows; run by tests in a fresh project. */
  readonly examples: readonly (readonly [command: string, shows: string])[];
}

/** Every format that a verb can be asked for. */
export function formatsOf({ formats = [] }: Verb): readonly Format[] {
  return [...commonFormats, ...formats];
}

export const verbs: readonly Verb[] = [
  {
    name: "init",
    summary: "start a project that compiles",
    operands: "[DIR]",
    own: [],
    examples: [
      ["segc init shop", "three files in the new folder shop"],
      ["segc init shop && segc check --project shop", "what it starts with holds"],
      ["segc init shop && segc compile --project shop --out out", "and compiles"],
    ],
  },
  {
    name: "fmt",
    summary: "write policy files in their one format",
    operands: "[FILE...]",
    own: ["check", "exit-code"],
    examples: [
      ["segc fmt", "every policy file of the project"],
      ["segc fmt --check", "only say which files would change"],
      ["segc fmt - < policy.seg", "from standard input to standard output"],
    ],
  },
  {
    name: "check",
    summary: "check syntax, types, ownership, capabilities, guardrails",
    operands: "",
    own: [],
    formats: ["compact", "sarif", "junit", "markdown"],
    examples: [
      ["segc check", "the project around the current folder"],
      ["segc check --now 2030-01-01", "as it will stand on that day"],
      ["segc check --output json=check.json", "and keep the findings for a machine"],
    ],
  },
  {
    name: "lint",
    summary: "say what is allowed but most likely not meant",
    operands: "",
    own: ["fix"],
    formats: ["compact", "sarif", "junit", "markdown"],
    examples: [
      ["segc lint", "the project around the current folder"],
      ["segc lint --fail-level warning", "and fail where there is anything to say"],
      ["segc lint --fix", "and put right what a machine can"],
    ],
  },
  {
    name: "test",
    summary: "run the tests written in the policy",
    operands: "",
    own: [],
    formats: ["compact", "sarif", "junit", "markdown"],
    examples: [
      ["segc test", "every test of every module"],
      ["segc test --format json", "with the flows each assertion speaks of"],
      ["segc test --now 2030-01-01", "as they will stand on that day"],
    ],
  },
  {
    name: "explain",
    summary: "say whether a flow is allowed and why, or explain a code",
    operands: "<QUESTION...>",
    own: [],
    examples: [
      ['segc explain "web -> api : tcp/8080"', "two segments and a service"],
      ['segc explain "outside -> db-1 : any-service"', "a workload by its name"],
      ["segc explain SEG304", "the page of a diagnostic"],
    ],
  },
  {
    name: "compile",
    summary: "write the artefacts of every enforcer class",
    operands: "",
    own: ["out", "target", "minimise", "since"],
    examples: [
      ["segc compile --out out", "every target"],
      [
        "segc compile --out out --target nftables --minimise off",
        "one target, every rule of the policy by itself",
      ],
      [
        "segc compile --out out && segc compile --out out --since out/manifest.json",
        "with updates from what was there before",
      ],
    ],
  },
  {
    name: "verify",
    summary: "prove that artefacts are what the policy says",
    operands: "<DIR>",
    own: [],
    examples: [
      ["segc compile --out out && segc verify out", "fresh from the compiler"],
      ["segc compile --out out && segc verify out --now 2030-01-01", "as of that day"],
      ["segc compile --out out && segc verify out --format json", "what differs, as data"],
    ],
  },
  {
    name: "diff",
    summary: "say who gains and who loses access from one version to another",
    operands: "[OLD] [NEW]",
    own: ["against", "exit-code"],
    formats: ["markdown", "html"],
    examples: [
      ["segc diff --against HEAD", "the working tree against the last commit"],
      ["segc diff --against HEAD~1 --format markdown", "for a comment on a pull request"],
      ["segc diff . . --exit-code", "two folders, and 2 as exit status where they differ"],
    ],
  },
  {
    name: "expire",
    summary: "remove what has ended from artefacts, without the policy",
    operands: "<DIR>",
    own: ["exit-code"],
    examples: [
      ["segc compile --out out && segc expire out", "rules whose last day has passed"],
      ["segc compile --out out && segc expire out --now 2030-01-01", "as of that day"],
      ["segc compile --out out && segc expire out --format json", "what was removed, as data"],
    ],
  },
  {
    name: "plan",
    summary: "say what would change in an account, in which order, and prove it",
    operands: "",
    own: ["target", "plan-out", "calls", "live", "refresh", "exit-code"],
    examples: [
      ["segc plan --target aws --out plan.json", "against the account of AWS_PROFILE"],
      ["segc plan --target aws --live account", "against saved answers, without credentials"],
      ["segc plan --target aws --format json", "as data"],
    ],
  },
  {
    name: "apply",
    summary: "carry a plan out, phase by phase, reading everything again in between",
    operands: "<PLAN>",
    own: ["allow-gap", "allow-excess", "settle"],
    examples: [
      ["segc plan --target aws --out plan.json && segc apply plan.json", "as planned"],
      [
        "segc plan --target aws --out plan.json && segc apply plan.json --settle 1",
        "with shorter waits",
      ],
      [
        "segc plan --target aws --out plan.json && segc apply plan.json --format json",
        "what was done, as data",
      ],
    ],
  },
  {
    name: "drift",
    summary: "say what is live and not what the policy says",
    operands: "",
    own: ["target", "live", "refresh"],
    examples: [
      [
        "segc plan --target aws --out plan.json && segc apply plan.json && segc drift --target aws",
        "right after an apply",
      ],
      ["segc drift --target aws || true", "rules and groups by hand, and the flows they open"],
      ["segc drift --target aws --format json || true", "as data"],
    ],
  },
  {
    name: "completion",
    summary: "print the completion script of a shell",
    operands: "<SHELL>",
    own: [],
    examples: [
      ["segc completion bash > segc.bash", "for bash: source this file"],
      ["segc completion zsh > _segc", "for zsh: put it into a folder of $fpath"],
      ["segc completion fish > segc.fish", "for fish: put it into its completions folder"],
    ],
  },
  {
    name: "version",
    summary: "print the version",
    operands: "",
    own: [],
    examples: [
      ["segc version", "of segc and of the language"],
      ["segc version --format json", "as data"],
      ["segc --version", "the number alone"],
    ],
  },
];
