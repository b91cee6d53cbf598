// String literals as in JSON: text between quotes -> its value, or the escape that is wrong.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";

export interface DecodedString {
  readonly value: string;
  readonly fault?: () => Diagnostic;
}

const plain = /^"[^\\\u0000-\u001f]*"$/;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|(?<bad>\\u?|[\u0000-\u001f])/g;

/** Decodes a literal with its quotes. */
export function decodeString(image: string, span: Span): DecodedString {
  if (plain.test(image)) return { value: image.slice(1, -1) };
  for (const match of image.slice(0, -1).matchAll(escapes)) {
    if (match.groups?.bad === undefined) continue;
    return { value: image.slice(1, -1), fault: () => badEscape(image, match.index, span) };
  }
  // Only JSON's own escapes are left, so this is a JSON string.
  return { value: JSON.parse(image) as string };
}

function badEscape(image: string, index: number, span: Span): Diagnostic {
  const isEscape = image.startsWith("\\", index);
  const start = span.start + index;
  return diagnose(
    "SEG100",
    { source: span.source, start, end: start + (isEscape ? 2 : 1) },
    {
      expected: "a string as in JSON",
      found: isEscape ? `\`${image.slice(index, index + 2)}\`` : "a control character",
    },
    {
      help: 'inside a string write `\\\\` for a backslash, `\\"` for a quote, `\\n`, `\\t` or `\\u` and four hexadecimal digits',
    },
  );
}
