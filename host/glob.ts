// A glob -> a regular expression over paths with forward slashes: `*` and `?` within a folder,
// `**` over folders, `{a,b}` for either. As in a shell, a wildcard takes no leading dot.

/** Whether the pattern has anything to expand; else it names one file. */
export function hasWildcard(pattern: string): boolean {
  return /[*?{]/.test(pattern);
}

/** The folder above which nothing can match: `a/b` of `a/b/*.yaml`. */
export function fixedFolder(pattern: string): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex(hasWildcard);
  return parts.slice(0, wild < 0 ? -1 : wild).join("/");
}

/** Matches whole paths. */
export function globExpression(pattern: string): RegExp {
  const pieces = pattern.match(/(?:^|(?<=\/))\*\*\/|\*+|\?|\{[^{}]*\}|[^*?{]+|\{/g) ?? [];
  let atNameStart = true;
  const expression = pieces.map((piece) => {
    const source = expressionOf(piece, atNameStart);
    atNameStart = piece.endsWith("/");
    return source;
  });
  return new RegExp(`^${expression.join("")}$`, "su");
}

function expressionOf(piece: string, atNameStart: boolean): string {
  const noDot = atNameStart ? "(?!\\.)" : "";
  if (piece === "**/") return "(?:(?!\\.)[^/]+/)*";
  if (piece.startsWith("*")) return `${noDot}[^/]*`;
  if (piece === "?") return `${noDot}[^/]`;
  if (piece.startsWith("{") && piece.length > 1) {
    return `(?:${piece.slice(1, -1).split(",").map(quote).join("|")})`;
  }
  return quote(piece);
}

const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
