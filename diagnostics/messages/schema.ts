// What a JSON Schema has against a value, in words: the same for segc.yaml and for inventories.

/** What a JSON Schema, or a reader before it, has against one value. */
export type SchemaFault =
  | { readonly why: "syntax"; readonly detail: string }
  | { readonly why: "duplicate-key"; readonly key: string }
  | {
      readonly why: "unknown-key";
      readonly key: string;
      readonly suggestion: string;
      readonly allowed: readonly string[];
    }
  | { readonly why: "missing-key"; readonly key: string; readonly of: string }
  | {
      readonly why: "wrong-type";
      readonly key: string;
      readonly wanted: string;
      readonly found: string;
    }
  | {
      readonly why: "not-one-of";
      readonly key: string;
      readonly found: string;
      readonly suggestion: string;
      readonly allowed: readonly string[];
    }
  | { readonly why: "not-a-name"; readonly key: string; readonly found: string };

/** What is wrong. */
export function schemaFault(p: SchemaFault): string {
  switch (p.why) {
    case "syntax":
      return p.detail;
    case "duplicate-key":
      return `\`${p.key}\` is given twice`;
    case "unknown-key":
      return `\`${p.key}\` is unknown here${p.suggestion}`;
    case "missing-key":
      return `${p.of} has no \`${p.key}\``;
    case "wrong-type":
      return `\`${p.key}\` must be ${p.wanted}, not ${p.found}`;
    case "not-one-of":
      return `\`${p.key}\` cannot be \`${p.found}\`${p.suggestion}`;
    case "not-a-name":
      return `\`${p.found}\` is not a name that \`${p.key}\` may hold`;
  }
}

/** What to do about it. */
export function schemaHelp(p: SchemaFault): string | undefined {
  switch (p.why) {
    case "syntax":
      return undefined;
    case "duplicate-key":
      return "keep one of them";
    case "unknown-key":
      return p.allowed.length === 0 ? "remove it" : `known here: ${alternatives(p.allowed)}`;
    case "missing-key":
      return `add \`${p.key}\``;
    case "wrong-type":
      return p.wanted.includes("text") && p.found.startsWith("`")
        ? "put it in double quotes"
        : undefined;
    case "not-one-of":
      return `use ${alternatives(p.allowed)}`;
    case "not-a-name":
      return "names are lower case with single hyphens, like `web-tier`";
  }
}

/** The first dozen of them, in backticks. */
export function alternatives(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  return shown.join(", ") + (names.length > shown.length ? ", …" : "");
}
