// Verbs and options -> a script in the language of a shell. Where a value is free text, files and
// folders are offered.

export interface OptionCompletion {
  readonly flag: string;
  readonly summary: string;
  /** The words it may be; empty for free text. */
  readonly values: readonly string[];
  /** What its value is called; undefined when it takes none. */
  readonly operand: string | undefined;
}

export interface VerbCompletion {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionCompletion[];
  /** Words that may stand as operands; empty for files. */
  readonly operands: readonly string[];
}

/** For `source <(segc completion bash)`. */
export function bashScript(verbs: readonly VerbCompletion[]): string {
  const cases = verbs.map(
    ({ name, options, operands }) =>
      `    ${name}) words="${options.map((option) => option.flag).join(" ")}"; operands="${operands.join(" ")}" ;;`,
  );
  return `# bash completion for segc
_segc() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local words="" operands=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map((verb) => verb.name).join(" ")} help --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${valueCases(verbs)}  esac
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [ -n "$operands" ]; then
    COMPREPLY=($(compgen -W "$operands" -- "$current"))
  fi
}
complete -o default -F _segc segc
`;
}

/** One case for each option and list of values; verbs stand before it where they differ. */
function valueCases(verbs: readonly VerbCompletion[]): string {
  const cases = verbs.flatMap((verb) =>
    verb.options
      .filter(({ operand }) => operand !== undefined)
      .map(({ flag, values }) => ({ verb: verb.name, flag, words: values.join(" ") })),
  );
  const ofFlag = Map.groupBy(cases, ({ flag }) => flag);
  return [...ofFlag]
    .flatMap(([flag, all]) => {
      const alike = Map.groupBy(all, ({ words }) => words);
      return [...alike].map(([words, some]) => {
        const pattern =
          alike.size === 1 ? `*" ${flag}"` : some.map(({ verb }) => `"${verb} ${flag}"`).join("|");
        return words === ""
          ? `    ${pattern}) return ;;\n`
          : `    ${pattern}) COMPREPLY=($(compgen -W "${words}" -- "$current")); return ;;\n`;
      });
    })
    .join("");
}

/** For a file \`_segc\` in a folder of $fpath. */
export function zshScript(verbs: readonly VerbCompletion[]): string {
  const described = verbs.map((verb) => `    ${quote(`${verb.name}:${verb.summary}`)}`);
  const cases = verbs.map(({ name, options, operands }) => {
    const specs = [...options.map(zshOption), zshOperands(operands)];
    return `    ${name}) _arguments -S ${specs.join(" ")} ;;`;
  });
  return `#compdef segc
_segc() {
  local -a verbs
  verbs=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  local verb="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$verb" in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_segc" ]; then _segc "$@"; else compdef _segc segc; fi
`;
}

function zshOption({ flag, summary, values, operand }: OptionCompletion): string {
  const text = summary.replace(/[[\]:]/g, " ");
  if (operand === undefined) return quote(`${flag}[${text}]`);
  const action = values.length === 0 ? "_files" : `(${values.join(" ")})`;
  return quote(`*${flag}[${text}]:${operand.replace(":", " ")}:${action}`);
}

const zshOperands = (operands: readonly string[]) =>
  quote(operands.length === 0 ? "*:file:_files" : `1:operand:(${operands.join(" ")})`);

/** For a file in fish's completions folder. */
export function fishScript(verbs: readonly VerbCompletion[]): string {
  const lines = verbs.flatMap(({ name, summary, options, operands }) => [
    `complete -c segc -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ...options.map((option) => fishOption(name, option)),
    operands.length === 0
      ? `complete -c segc -F -n "__fish_seen_subcommand_from ${name}"`
      : `complete -c segc -f -n "__fish_seen_subcommand_from ${name}" -a ${quote(operands.join(" "))}`,
  ]);
  return `# fish completion for segc\n${lines.join("\n")}\n`;
}

function fishOption(verb: string, { flag, summary, values, operand }: OptionCompletion): string {
  const base = `complete -c segc -n "__fish_seen_subcommand_from ${verb}" -l ${flag.slice(2)} -d ${quote(summary)}`;
  if (operand === undefined) return base;
  return values.length === 0 ? `${base} -r` : `${base} -x -a ${quote(values.join(" "))}`;
}

/** One word for any of these shells. */
const quote = (text: string) => `'${text.replaceAll("'", "’")}'`;
