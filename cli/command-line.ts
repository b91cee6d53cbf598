// Arguments -> one call of one verb, or the reason why there is none. Commander reads them and
// writes the help; what it reads is checked here once and typed from then on.
import { Command, CommanderError, Option } from "commander";
import { escapeText } from "../diagnostics/render-display.ts";
import { nearest } from "../diagnostics/suggest.ts";
import { isDate } from "../grammar/date.ts";
import type { Format, Options } from "./call.ts";
import { type ExitStatus, exit, exitTable } from "./exit.ts";
import { packageVersion } from "./package-files.ts";
import type { Terminal } from "./terminal.ts";
import { formatsOf, type OwnOption, type Verb, verbs } from "./verbs.ts";

export type CommandLine =
  | {
      readonly kind: "call";
      readonly verb: Verb;
      readonly operands: readonly string[];
      readonly options: Options;
    }
  /** Everything was said already: help, the version, or what is wrong. */
  | { readonly kind: "done"; readonly status: ExitStatus };

/** Reads the arguments after `segc`. */
export function readCommandLine(args: readonly string[], terminal: Terminal): CommandLine {
  const [first] = args;
  if (first !== undefined && !first.startsWith("-") && !isVerb(first)) {
    return refuse(terminal, unknownVerb(first));
  }
  let called: Called | undefined;
  const program = programOf(terminal, (verb, operands, raw) => {
    called = { verb, operands, raw };
  });
  try {
    // A lone arrow in `explain web -> api : https` is no option.
    program.parse(
      args.map((arg) => (arg === "->" ? "→" : arg)),
      { from: "user" },
    );
  } catch (error) {
    if (!(error instanceof CommanderError))
      throw new Error("bug in segc (arguments)", { cause: error });
    return { kind: "done", status: error.exitCode === 0 ? exit.fine : exit.usage };
  }
  if (called === undefined) return { kind: "done", status: exit.usage };
  const options = readOptions(called, terminal);
  if (typeof options === "string") return refuse(terminal, options);
  return { kind: "call", verb: called.verb, operands: called.operands, options };
}

/** The options of a verb as commander declares them: for help and for completion. */
export function optionsOf(verb: Verb): readonly Option[] {
  return [...verb.own.map((name) => ownOptions[name]()), ...commonOptions(verb)];
}

type RawOptions = Readonly<Record<string, unknown>>;
interface Called {
  readonly verb: Verb;
  readonly operands: readonly string[];
  readonly raw: RawOptions;
}
type Take = (verb: Verb, operands: readonly string[], raw: RawOptions) => void;

const isVerb = (name: string) => name === "help" || verbs.some((verb) => verb.name === name);

function unknownVerb(name: string): string {
  const [near] = nearest(
    name,
    verbs.map((verb) => verb.name),
    1,
  );
  const hint = near === undefined ? "`segc --help` lists them all" : `did you mean \`${near}\`?`;
  return `there is no verb \`${name}\`; ${hint}`;
}

function refuse(terminal: Terminal, message: string): CommandLine {
  terminal.err(`error: ${escapeText(message)}\n`);
  return { kind: "done", status: exit.usage };
}

function programOf(terminal: Terminal, take: Take): Command {
  const program = new Command("segc")
    .description("Policy compiler for identity-based microsegmentation")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .usage("<verb> [options]")
    .addHelpText("after", `\n${exitTable}\n\n${examples(rootExamples)}`);
  quieten(program, terminal);
  for (const verb of verbs) program.addCommand(commandOf(verb, terminal, take));
  return program;
}

const rootExamples = [
  ["segc check", "is the policy sound, and where is it enforced?"],
  ['segc explain "web -> api : tcp/8080"', "is this allowed, and why?"],
  ["segc compile --out out", "write the artefacts of every enforcer"],
] as const;

function commandOf(verb: Verb, terminal: Terminal, take: Take): Command {
  const command = new Command(verb.name)
    .summary(verb.summary)
    .description(`${verb.summary.charAt(0).toUpperCase()}${verb.summary.slice(1)}.`)
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false)
    .addHelpText("after", `\n${examples(verb.examples)}`);
  if (verb.operands !== "") command.arguments(verb.operands);
  for (const option of optionsOf(verb)) command.addOption(option);
  quieten(command, terminal);
  // Commander passes the operands first, each variadic one as a list, then options and command.
  return command.action((...given: readonly unknown[]) => {
    const operands = given
      .slice(0, -2)
      .flat()
      .filter((value) => typeof value === "string");
    take(verb, operands, command.opts());
  });
}

/** Nothing may leave the process or write around the terminal. */
function quieten(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: terminal.out,
    writeErr: terminal.err,
    outputError: (text, write) => write(text.split("\n").map(safe).join("\n")),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}

const safe = (line: string) => escapeText(line);

function examples(lines: Verb["examples"]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const shown = lines.map(([command, shows]) => `  $ ${command.padEnd(width)}  # ${shows}`);
  return `Examples:\n${shown.join("\n")}`;
}

const ownOptions: Readonly<Record<OwnOption, () => Option>> = {
  against: () =>
    new Option("--against <REF>", "compare with a commit, tag or branch of this repository"),
  "allow-excess": () =>
    new Option("--allow-excess", "apply although flows pass on the way that neither policy allows"),
  "allow-gap": () =>
    new Option(
      "--allow-gap",
      "apply although flows are refused on the way that both policies allow",
    ),
  calls: () => new Option("--calls <FILE>", "write each call as `aws ec2` takes it, one to a line"),
  check: () => new Option("--check", "change nothing, fail where something would change"),
  "exit-code": () => new Option("--exit-code", "exit with 2 where something changes"),
  fix: () => new Option("--fix", "put right what a machine can, and write the files"),
  live: () =>
    new Option("--live <DIR>", "saved answers of EC2 instead of the account, or exports of hosts"),
  "plan-out": () => new Option("--out <FILE>", "write the plan, for `segc apply`"),
  refresh: () =>
    new Option("--refresh", "save interfaces and instances again where `reader: ec2` has them"),
  settle: () => new Option("--settle <SECONDS>", "wait that long after each phase"),
  out: () =>
    new Option(
      "--out <DIR>",
      "folder for the artefacts, replaced as a whole",
    ).makeOptionMandatory(),
  minimise: () =>
    new Option("--minimise <on|off>", "the fewest rules, or one by one")
      .choices(["on", "off"])
      .default("on"),
  since: () =>
    new Option(
      "--since <MANIFEST>",
      "change little from the artefacts of an earlier manifest.json, and add updates",
    ),
  target: () => new Option("--target <NAMES>", "only these targets, separated by commas"),
};

/** Every verb takes these. */
function commonOptions(verb: Verb): readonly Option[] {
  return [
    new Option("--project <DIR>", "project folder (default: walk up to segc.yaml)"),
    new Option("--now <YYYY-MM-DD>", "decide as of this day (default: today in UTC)"),
    new Option("--format <FORMAT>", "how to show what was found").choices(formatsOf(verb)),
    new Option("--output <FORMAT=FILE>", "write a format to a file too; repeatable").argParser(
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    ),
    new Option("--fail-level <LEVEL>", "lowest severity that fails").choices(["error", "warning"]),
    new Option("--color <WHEN>", "colours").choices(["auto", "always", "never"]),
  ];
}

/** Typed options, or what is wrong with them. */
function readOptions({ verb, raw }: Called, terminal: Terminal): Options | string {
  const text = (name: string) => {
    const value = raw[name];
    return typeof value === "string" ? value : undefined;
  };
  const now = text("now") ?? terminal.today();
  if (!isDate(now)) return `\`--now\` needs a day as YYYY-MM-DD, not \`${now}\``;
  if (text("out")?.trim() === "") return "`--out` names no folder";
  const settle = text("settle");
  if (settle !== undefined && !/^\d{1,4}(\.\d+)?$/.test(settle)) {
    return `\`--settle\` needs seconds, not \`${settle}\``;
  }
  const outputs = readOutputs(verb, Array.isArray(raw.output) ? raw.output : []);
  if (typeof outputs === "string") return outputs;
  const inActions = terminal.environment.GITHUB_ACTIONS === "true";
  return {
    project: text("project"),
    now,
    format:
      formatsOf(verb).find((format) => format === raw.format) ?? (inActions ? "github" : "text"),
    outputs,
    failLevel: raw.failLevel === "warning" ? "warning" : "error",
    color: raw.color === "always" || raw.color === "never" ? raw.color : "auto",
    check: raw.check === true,
    exitCode: raw.exitCode === true,
    fix: raw.fix === true,
    minimise: raw.minimise !== "off",
    since: text("since"),
    out: text("out"),
    live: text("live"),
    against: text("against"),
    calls: text("calls"),
    refresh: raw.refresh === true,
    allowGap: raw.allowGap === true,
    allowExcess: raw.allowExcess === true,
    settle: settle === undefined ? undefined : Number(settle),
    target: text("target")
      ?.split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  };
}

function readOutputs(verb: Verb, given: readonly unknown[]): Options["outputs"] | string {
  const outputs: { format: Format; path: string }[] = [];
  for (const each of given.map(String)) {
    const [name = "", ...rest] = each.split("=");
    const path = rest.join("=");
    const format = formatsOf(verb).find((known) => known === name);
    if (format === undefined || path === "") {
      return `\`--output\` needs FORMAT=FILE with ${formatsOf(verb).join(", ")} as format, not \`${each}\``;
    }
    outputs.push({ format, path });
  }
  return outputs;
}
