// SEG1xx: what a text is before anything in it is looked up (language.md sections 5, 9 and 11).
import { error } from "../message.ts";

export const syntaxMessages = {
  SEG100: error({
    name: "unexpected-text",
    title: "Something else was expected here",
    message: (p: { expected: string; found: string }) => `expected ${p.expected}, found ${p.found}`,
  }),
  SEG101: error({
    name: "port-without-protocol",
    title: "A port needs its protocol",
    message: (p: { port: string }) =>
      `a port needs its protocol: \`${p.port}\` could be TCP or UDP`,
    help: (p) => `write \`tcp/${p.port}\` or \`udp/${p.port}\``,
  }),
  SEG102: error({
    name: "empty-braces",
    title: "Empty braces",
    message: (p: { selects: boolean }) =>
      p.selects
        ? "empty braces select nothing here and everything elsewhere; say which you mean"
        : "empty braces list nothing",
  }),
  SEG103: error({
    name: "mixed-and-or",
    title: "`and` and `or` mixed without parentheses",
    message: () => "`and` and `or` are mixed without parentheses",
  }),
  SEG104: error({
    name: "mixed-set-operators",
    title: "`&` and `except` mixed, or `except` chained, without parentheses",
    message: (p: { chained: boolean }) =>
      p.chained
        ? "`except` is chained without parentheses"
        : "`&` and `except` are mixed without parentheses",
  }),
  SEG105: error({
    name: "bare-not",
    title: "`not` without parentheses",
    message: () => "`not` needs parentheses around what it negates",
  }),
  SEG106: error({
    name: "missing-service",
    title: "A rule without a service",
    message: () => "a rule names a service after `:`; to allow everything write `: any-service`",
    help: () => "add the service: `: NAME`, `: tcp/443` or `: any-service`",
  }),
  SEG107: error({
    name: "any-as-peer",
    title: "`any` used as a peer",
    message: () => "`any` is not a peer",
    help: () =>
      "`workloads` is everything in the inventory, `outside` everything that is not, `internet` is `outside` without private ranges, `anywhere` is all of it",
  }),
  SEG108: error({
    name: "misspelt-name",
    title: "A name that is not lower case with single hyphens",
    message: (p: { text: string }) => `names are lower case with single hyphens: \`${p.text}\``,
  }),
  SEG109: error({
    name: "observe-without-end",
    title: "An `observe` without an end date",
    message: () => "`observe` needs an end date",
    help: () => "add `until YYYY-MM-DD`, about 30 days ahead",
  }),
  SEG110: error({
    name: "reserved-word",
    title: "A reserved word, or a forbidden label name, used as a name",
    message: (p: { word: string; label: boolean }) =>
      p.label
        ? `a label may not be called \`${p.word}\``
        : `\`${p.word}\` is reserved and cannot be a name`,
    help: () => "choose another name",
  }),
  SEG111: error({
    name: "number-out-of-range",
    title: "A port, protocol number, ICMP type or code that is out of range",
    message: (p: { what: string; text: string; why: string }) => `${p.what} \`${p.text}\` ${p.why}`,
    help: () => "write a number within that range",
  }),
  SEG112: error({
    name: "invalid-prefix",
    title: "An address with bits below its mask, or a number in it out of range",
    message: (p: { text: string; why: string }) => `\`${p.text}\` ${p.why}`,
  }),
  SEG113: error({
    name: "mapped-address",
    title: "An IPv4-mapped IPv6 address",
    message: (p: { text: string }) =>
      `\`${p.text}\` is an IPv4-mapped IPv6 address; traffic never carries it like this`,
  }),
  SEG114: error({
    name: "invalid-date",
    title: "A date that does not exist",
    message: (p: { text: string }) => `\`${p.text}\` is not a date`,
    help: () => "write a day of the calendar as `YYYY-MM-DD`",
  }),
  SEG115: error({
    name: "hidden-character",
    title: "A hidden character",
    message: (p: { what: string; column: number }) => `hidden ${p.what} at column ${p.column}`,
    help: () => "remove it; what is shown and what is read must be the same",
  }),
  SEG116: error({
    name: "one-ended-rule",
    title: "`at source`, `at destination` or `at both`",
    message: (p: { end: string }) => `\`at ${p.end}\` does not exist in edition 1`,
    help: () => "remove it; a rule opens both ends",
  }),
  SEG117: error({
    name: "repeated-item",
    title: "Empty `{}`, or an item given twice",
    message: (p: { item: string } | { empty: true }) =>
      "item" in p ? `\`${p.item}\` is given twice` : "empty `{}`",
    help: () => "remove it",
  }),
  SEG118: error({
    name: "misplaced-item",
    title: "An item that is not legal where it stands",
    message: (p: { item: string; place: string }) => `\`${p.item}\` is not legal ${p.place}`,
  }),
  SEG119: error({
    name: "nesting-too-deep",
    title: "Brackets nested too deeply",
    message: (p: { limit: number; segment?: string }) =>
      p.segment === undefined
        ? `brackets are nested more than ${p.limit} deep`
        : `segment \`${p.segment}\` is built on more than ${p.limit} sets within sets`,
    help: (p) =>
      p.segment === undefined
        ? "give the inner parts names of their own"
        : "name the parts in one list of braces, not each in the next",
  }),
  SEG120: error({
    name: "file-too-large",
    title: "A file above the size that segc reads",
    message: (p: { path: string; limit: string; kind: "policy" | "inventory" | "yaml" }) =>
      `\`${p.path}\` is larger than ${p.limit}`,
    help: (p) =>
      p.kind === "yaml"
        ? "write large inventories as JSON: it is read up to 512 MB, and much faster"
        : p.kind === "policy"
          ? "split the module in two"
          : "split the inventory into several files",
  }),
} as const;
