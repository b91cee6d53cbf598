// What a program may not say: a field or platform twice, or a field its platform does not have
// (language.md 6.2 "Programs", 11 "Types").
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import type { ProgramAlternative, ProgramField, ProgramFieldItem } from "./ast.ts";

const fieldsOf: Readonly<Record<"linux" | "windows", readonly ProgramField[]>> = {
  linux: ["path", "sha256", "signer", "user", "group", "unit", "cgroup"],
  windows: ["path", "sha256", "signer", "user", "service"],
};

/** All problems of one program body, in source order. */
export function checkProgram(alternatives: readonly ProgramAlternative[]): readonly Diagnostic[] {
  const platforms = new Map<string, Span>();
  return alternatives.flatMap((alternative) => {
    const found: Diagnostic[] = [];
    const { platform, platformSpan, fields } = alternative;
    if (platform !== undefined && platformSpan !== undefined) {
      const first = platforms.get(platform);
      if (first === undefined) platforms.set(platform, platformSpan);
      else found.push(twice(platform, { span: alternative.span, at: platformSpan, first }));
    }
    const faults = platform === undefined ? flatForm(fields) : unknownFields(fields, platform);
    return [...found, ...repeatedFields(fields), ...faults];
  });
}

function repeatedFields(fields: readonly ProgramFieldItem[]): readonly Diagnostic[] {
  const seen = new Map<string, Span>();
  const found: Diagnostic[] = [];
  for (const { field, fieldSpan, span } of fields) {
    const first = seen.get(field);
    if (first === undefined) seen.set(field, fieldSpan);
    else found.push(twice(field, { span, at: fieldSpan, first }));
  }
  return found;
}

function twice(
  item: string,
  places: { readonly span: Span; readonly at: Span; readonly first: Span },
): Diagnostic {
  const { span, at, first } = places;
  return diagnose(
    "SEG117",
    at,
    { item },
    { related: [{ message: "given here first", span: first }], fix: [{ span, text: "" }] },
  );
}

function unknownFields(
  fields: readonly ProgramFieldItem[],
  platform: "linux" | "windows",
): readonly Diagnostic[] {
  return fields
    .filter(({ field }) => !fieldsOf[platform].includes(field))
    .map(({ field, fieldSpan }) =>
      diagnose(
        "SEG118",
        fieldSpan,
        { item: field, place: `in a program for ${platform}` },
        { help: `${platform} has ${list(fieldsOf[platform])}` },
      ),
    );
}

/** The flat form needs one platform that has all of its fields. */
function flatForm(fields: readonly ProgramFieldItem[]): readonly Diagnostic[] {
  const names = fields.map(({ field }) => field);
  const platforms = ["linux", "windows"] as const;
  if (platforms.some((platform) => names.every((name) => fieldsOf[platform].includes(name)))) {
    return [];
  }
  const odd = fields.find(({ field }) => !fieldsOf.linux.includes(field));
  const other = fields.find(({ field }) => !fieldsOf.windows.includes(field));
  if (odd === undefined || other === undefined) return [];
  const [first, second] = odd.span.start < other.span.start ? [odd, other] : [other, odd];
  return [
    diagnose(
      "SEG118",
      second.fieldSpan,
      { item: second.field, place: `beside \`${first.field}\`: no platform has both` },
      {
        related: [{ message: `\`${first.field}\` stands here`, span: first.fieldSpan }],
        help: "write one alternative per platform: `linux { … } windows { … }`",
      },
    ),
  ];
}

function list(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}
