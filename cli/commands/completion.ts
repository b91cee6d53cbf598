// `segc completion SHELL`: verbs, options and their values for a shell, from the table of verbs.
import { didYouMean } from "../../diagnostics/suggest.ts";
import { type Answer, type Call, failure } from "../call.ts";
import { optionsOf } from "../command-line.ts";
import { bashScript, fishScript, type VerbCompletion, zshScript } from "../completion-scripts.ts";
import { exit } from "../exit.ts";
import { verbs } from "../verbs.ts";

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export function completion({ operands, terminal }: Call): Answer {
  const [shell = ""] = operands;
  const names = Object.keys(shells);
  const [, script] = Object.entries(shells).find(([name]) => name === shell) ?? [];
  if (script === undefined) {
    return failure(
      exit.usage,
      `there is no completion for the shell \`${shell}\`${didYouMean(shell, names)}`,
      `it can be ${names.join(", ")}`,
    );
  }
  const text = script(verbs.map(completionOf));
  return {
    kind: "result",
    status: exit.fine,
    diagnostics: [],
    folder: terminal.folder,
    lines: () => [text.trimEnd()],
    json: { shell, script: text },
  };
}

function completionOf(verb: (typeof verbs)[number]): VerbCompletion {
  const options = optionsOf(verb).map((option) => ({
    flag: option.long ?? "",
    summary: option.description,
    values: option.argChoices ?? [],
    operand: option.required ? (/<(.*)>/.exec(option.flags)?.[1] ?? "VALUE") : undefined,
  }));
  return {
    name: verb.name,
    summary: verb.summary,
    options: [
      ...options,
      { flag: "--help", summary: "show this help", values: [], operand: undefined },
    ],
    operands: verb.name === "completion" ? Object.keys(shells) : [],
  };
}
