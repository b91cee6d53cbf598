// A program's alternatives by platform (language.md 6.2, "Programs"); paths that are scripts or
// interpreters are refused, because every script run by one would match (SEG504).
import { diagnose } from "../../diagnostics/registry.ts";
import type { Span } from "../../diagnostics/source.ts";
import type {
  ProgramAlternative,
  ProgramBody,
  ProgramField,
  ProgramFieldItem,
} from "../../grammar/ast.ts";
import type { Platform } from "../inventory/types.ts";
import { shortened } from "./canonical.ts";
import { type Context, report } from "./context.ts";
import { normalised, valueFault } from "./program-values.ts";
import type { Program } from "./types.ts";

const platformFields = {
  linux: new Set<ProgramField>(["path", "sha256", "signer", "user", "group", "unit", "cgroup"]),
  windows: new Set<ProgramField>(["path", "sha256", "signer", "user", "service"]),
} as const;
type ProgramPlatform = keyof typeof platformFields;
const platforms = ["linux", "windows"] as const satisfies readonly ProgramPlatform[];

type Alternatives = ReadonlyMap<Platform, ReadonlyMap<ProgramField, string>>;

/** The program a body describes; `name` is its qualified name, undefined for an inline one. */
export function checkProgram(
  context: Context,
  body: ProgramBody,
  names: { readonly qualified: string; readonly name: string } | undefined,
): Program | undefined {
  const faults = body.alternatives.flatMap(({ fields }) => fields.filter(isInterpreted));
  for (const { value } of faults) {
    const why = scriptSuffix.test(value.value) ? "script" : "interpreter";
    report(context, diagnose("SEG504", value.span, { path: value.value, why }));
  }
  const impossible = body.alternatives.flatMap(({ fields }) =>
    fields.flatMap(({ field, value }) => {
      const place = valueFault(field, value.value);
      return place === undefined ? [] : [{ place, value }];
    }),
  );
  for (const { place, value } of impossible) {
    report(context, diagnose("SEG118", value.span, { item: value.value, place }));
  }
  const alternatives = alternativesOf(body);
  // A body without a usable alternative was reported by the parser.
  if (faults.length + impossible.length > 0 || alternatives.size === 0) return undefined;
  const span: Span = body.span;
  return names === undefined
    ? { key: programKey(alternatives), name: undefined, alternatives, span }
    : { key: names.qualified, name: names.name, alternatives, span };
}

/** Canonical text of what a program is, whatever it is called. */
export function programKey(alternatives: Alternatives): string {
  const parts = [...alternatives].map(([platform, fields]) => {
    const texts = [...fields].map(([field, value]) => `${field} ${JSON.stringify(value)}`);
    return `${platform} { ${texts.join(" ")} }`;
  });
  return shortened(`program { ${parts.join(" ")} }`);
}

function alternativesOf(body: ProgramBody): Alternatives {
  const result = new Map<Platform, ReadonlyMap<ProgramField, string>>();
  for (const platform of platforms) {
    const alternative = body.alternatives.find((one) => supports(platform, one));
    if (alternative !== undefined) result.set(platform, fieldsOf(alternative));
  }
  return result;
}

/** The flat form stands for every platform that has all of its fields. */
function supports(platform: ProgramPlatform, { platform: only, fields }: ProgramAlternative) {
  if (only !== undefined && only !== platform) return false;
  return fields.length > 0 && fields.every(({ field }) => platformFields[platform].has(field));
}

function fieldsOf({ fields }: ProgramAlternative): ReadonlyMap<ProgramField, string> {
  const sorted = [...fields].sort((a, b) => (a.field < b.field ? -1 : 1));
  return new Map(sorted.map(({ field, value }) => [field, normalised(field, value.value)]));
}

const scriptSuffix =
  /\.(sh|bash|zsh|ksh|csh|fish|py|pyc|pyw|pl|pm|rb|js|mjs|cjs|ts|mts|php|phar|lua|tcl|awk|r|jar|ps1|psm1|bat|cmd|vbs|vbe|wsf|groovy|exs?)$/i;

const interpreter =
  /^(python|pypy|perl|ruby|jruby|irb|node|nodejs|bun|deno|php|php-cgi|php-fpm|lua|luajit|tclsh|wish|expect|awk|gawk|mawk|nawk|sed|r|rscript|julia|java|javaw|dotnet|mono|groovy|guile|erl|escript|elixir|osascript|env|busybox|sh|bash|rbash|dash|ash|zsh|ksh|mksh|csh|tcsh|fish|pwsh|powershell|powershell_ise|cmd|cscript|wscript|mshta|rundll32)(w)?[-\d.]*$/i;

function isInterpreted({ field, value }: ProgramFieldItem): boolean {
  if (field !== "path") return false;
  const file = value.value.split(/[/\\]/).at(-1) ?? "";
  return scriptSuffix.test(file) || interpreter.test(file.replace(/\.exe$/i, ""));
}
