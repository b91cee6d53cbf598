// The vocabulary: one token type per keyword and per sort of literal. The 17 reserved words stand
// alone; every other keyword has the category `Name`, so that a label `log` or a segment `user`
// works (language.md D19). The scanner makes the tokens; Chevrotain only reads their types.
import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";
import { type ProgramField, programFields } from "./ast.ts";

/** Words that can never be names. */
export const reservedWords = [
  "and",
  "or",
  "not",
  "except",
  "where",
  "is",
  "in",
  "has",
  "have",
  "program",
  "workloads",
  "outside",
  "internet",
  "anywhere",
  "networks",
  "fqdn",
  "any-service",
] as const;

/** Words that mean something only where the grammar asks for them. */
export const softWords = [
  ...["module", "root", "by", "import", "from", "export"],
  ...["label", "enum", "set", "name", "string", "optional", "require"],
  ...["team", "owns", "writes", "delegate", "ingress", "egress", "of", "with", "to", "observe"],
  ...["segment", "service", "template", "use", "staged", "allow", "deny"],
  ...["never", "only", "always", "when", "same", "different"],
  ...["linux", "windows", "path", "sha256", "signer", "user", "group", "unit", "cgroup"],
  ...["because", "ticket", "until", "log", "new", "all", "none", "family", "v4", "v6"],
  ...["fallback", "network", "cidr", "test", "workload", "allowed", "denied"],
] as const;

export type Keyword = (typeof reservedWords)[number] | (typeof softWords)[number];

function literal(name: string, label: string): TokenType {
  return createToken({ name, label, pattern: Lexer.NA });
}

/** Any name: a word that is no keyword, or a soft keyword. */
export const Name = literal("Name", "a name");
/** A word that is meant as a name but is not written like one: `Web_Tier`. */
export const MisspeltName = createToken({
  name: "MisspeltName",
  label: "a name",
  pattern: Lexer.NA,
  categories: [Name],
});
export const Text = literal("Text", "a string");
export const CalendarDate = literal("CalendarDate", "a date");
/** IPv4 or IPv6, with its prefix length where one follows at once. */
export const Address = literal("Address", "an address");
export const Range = literal("Range", "a range of ports");
export const Integer = literal("Integer", "a number");
/** What belongs to no token: a stray character, a string without its end. */
export const Unknown = literal("Unknown", "an unknown character");

export const Arrow = literal("Arrow", "`->`");
export const LeftBrace = literal("LeftBrace", "`{`");
export const RightBrace = literal("RightBrace", "`}`");
export const LeftParen = literal("LeftParen", "`(`");
export const RightParen = literal("RightParen", "`)`");
export const Comma = literal("Comma", "`,`");
export const Colon = literal("Colon", "`:`");
export const Equals = literal("Equals", "`=`");
export const At = literal("At", "`@`");
export const Ampersand = literal("Ampersand", "`&`");
export const Slash = literal("Slash", "`/`");
export const Star = literal("Star", "`*`");
export const Dot = literal("Dot", "`.`");
export const Dollar = literal("Dollar", "`$`");

/** Words that may stand in one place alike; one category each spares the parser an alternation. */
export const DirectionWord = literal("DirectionWord", "`ingress` or `egress`");
export const PlatformWord = literal("PlatformWord", "`linux` or `windows`");
export const FieldWord = literal("FieldWord", "a program field");
export const EffectWord = literal("EffectWord", "`allow` or `deny`");
export const GuardWord = literal("GuardWord", "`never`, `only` or `always`");
export const RelationWord = literal("RelationWord", "`same` or `different`");
export const ExpectWord = literal("ExpectWord", "`allowed` or `denied`");
export const LogWord = literal("LogWord", "`new`, `all` or `none`");
export const FamilyWord = literal("FamilyWord", "`v4` or `v6`");

/** Of programs. */
export const fieldWords: readonly ProgramField[] = programFields;

/** Words that begin an item in the braces behind a rule. */
export const metaWords: ReadonlySet<string> = new Set([
  ...["because", "ticket", "until", "log", "family", "fallback"],
]);

const groups: readonly (readonly [TokenType, readonly Keyword[]])[] = [
  [DirectionWord, ["ingress", "egress"]],
  [PlatformWord, ["linux", "windows"]],
  [FieldWord, fieldWords],
  [EffectWord, ["allow", "deny"]],
  [GuardWord, ["never", "only", "always"]],
  [RelationWord, ["same", "different"]],
  [ExpectWord, ["allowed", "denied"]],
  [LogWord, ["new", "all", "none"]],
  [FamilyWord, ["v4", "v6"]],
];

function keyword(word: Keyword, categories: TokenType[]): [Keyword, TokenType] {
  // Chevrotain wants no token named like a rule, and rules are named like the keywords.
  const name = `Word-${word}`;
  return [word, createToken({ name, label: `\`${word}\``, pattern: Lexer.NA, categories })];
}

function groupsOf(word: Keyword): TokenType[] {
  return groups.filter(([, words]) => words.includes(word)).map(([type]) => type);
}

const keywordEntries = [
  ...reservedWords.map((word) => keyword(word, [])),
  ...softWords.map((word) => keyword(word, [Name, ...groupsOf(word)])),
];

/** Token types of the keywords, by their text. */
// Every keyword of the union is in one of the two lists that the entries are made from.
export const kw = Object.fromEntries(keywordEntries) as Record<Keyword, TokenType>;

/** A keyword's type, and one string for all its uses. */
export const keywords: ReadonlyMap<string, { readonly word: string; readonly type: TokenType }> =
  new Map(keywordEntries.map(([word, type]) => [word, { word, type }]));

const wordsByType: ReadonlyMap<TokenType, Keyword> = new Map(
  keywordEntries.map(([word, type]) => [type, word]),
);

/** The keyword of a type; undefined for all other tokens. */
export function keywordOf(type: TokenType): Keyword | undefined {
  return wordsByType.get(type);
}

/** Everything a parser must know of. */
export const vocabulary: TokenType[] = [
  Name,
  ...[MisspeltName, Text, CalendarDate, Address, Range, Integer, Unknown, Arrow],
  ...[LeftBrace, RightBrace, LeftParen, RightParen, Comma, Colon, Equals, At, Ampersand],
  ...[Slash, Star, Dot, Dollar],
  ...groups.map(([type]) => type),
  ...keywordEntries.map(([, type]) => type),
];

const reserved: ReadonlySet<TokenType> = new Set(reservedWords.map((word) => kw[word]));

export function isReserved(type: TokenType): boolean {
  return reserved.has(type);
}

/** A token of our scanner: only offsets are tracked; lines are worked out for messages. */
export interface Token extends IToken {
  readonly startOffset: number;
  /** Of the last code unit, as Chevrotain has it. */
  readonly endOffset: number;
}
