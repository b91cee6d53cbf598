// Random modules as lists of tokens, so that any blanks, line breaks and comments can be put
// between them. Everything the grammar allows occurs; names need not resolve.
import fc from "fast-check";
import { softWords } from "../../grammar/tokens.ts";

type Tokens = readonly string[];
type TokenArbitrary = fc.Arbitrary<Tokens>;

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const word = (text: string): TokenArbitrary => fc.constant([text]);
const some = (...parts: readonly (TokenArbitrary | string)[]): TokenArbitrary =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? word(part) : part)))
    .map((lists) => lists.flat());
const any = (...choices: readonly (TokenArbitrary | string)[]): TokenArbitrary =>
  fc.oneof(...choices.map((choice) => (typeof choice === "string" ? word(choice) : choice)));
const maybe = (part: TokenArbitrary): TokenArbitrary =>
  fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: part });

/** `x { "," x } [","]`. */
const list = (item: TokenArbitrary, maxLength = 5): TokenArbitrary =>
  fc.tuple(fc.array(item, { minLength: 1, maxLength }), fc.boolean()).map(([items, trailing]) => {
    const separated = items.flatMap((tokens, index) => (index === 0 ? tokens : [",", ...tokens]));
    return trailing ? [...separated, ","] : separated;
  });
const braces = (item: TokenArbitrary, maxLength?: number) => some("{", list(item, maxLength), "}");

export const name: TokenArbitrary = fc
  .oneof(
    fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}$/),
    // All keywords but the reserved words are names, too.
    fc.constantFrom(...softWords),
  )
  .filter((text) => !reserved.has(text) && text !== "any")
  .map((text) => [text]);
const reserved = new Set(
  "and or not except where is in has have program workloads outside internet anywhere networks fqdn any-service".split(
    " ",
  ),
);

const textOf = (value: string) =>
  JSON.stringify(value).replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
const hidden = /[\0\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
export const text: TokenArbitrary = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 6 }),
    oneOf(
      "C:\\Program Files\\a.exe",
      "line\nbreak",
      "tab\t",
      "\u202e",
      "",
      "# no comment",
      "{ } ,",
    ),
    fc.string({ minLength: 60, maxLength: 110 }),
  )
  .map((value) => [textOf(value)])
  .filter(([literal = ""]) => !hidden.test(literal) && /^[^\ud800-\udfff]*$/u.test(literal));

const qname = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .map((names) => names.flatMap((tokens, index) => (index === 0 ? tokens : [".", ...tokens])));
const parameter = some("$", name);
const date: TokenArbitrary = fc
  .date({
    min: new Date("1999-01-01T00:00:00Z"),
    max: new Date("2199-12-31T00:00:00Z"),
    noInvalidDate: true,
  })
  .map((day) => [day.toISOString().slice(0, 10)]);

const cidr: TokenArbitrary = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => {
    const bits = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    const size = 2 ** (32 - length);
    const network = Math.floor(bits / size) * size;
    return [`${[24, 16, 8, 0].map((shift) => (network / 2 ** shift) & 255).join(".")}/${length}`];
  }),
  fc.ipV4().map((address) => [address]),
  oneOf("2001:db8::/32", "::/0", "fd00:20::/48", "::1", "2001:DB8:1:2:3:4:5:6", "fe80::/10").map(
    (address) => [address],
  ),
);
const cidrs = braces(cidr);

const port = fc.integer({ min: 1, max: 65535 });
export const serviceLiteral: TokenArbitrary = fc.oneof(
  fc.tuple(oneOf("tcp", "udp", "sctp"), port).map(([protocol, at]) => [protocol, "/", `${at}`]),
  fc
    .tuple(oneOf("tcp", "udp"), port, port)
    .map(([protocol, a, b]) => [protocol, "/", `${Math.min(a, b)}-${Math.max(a, b)}`]),
  oneOf("tcp", "udp", "sctp", "icmp4", "icmp6").map((protocol) => [protocol, "/", "*"]),
  fc.constant(["icmp", "/", "echo"]),
  fc.tuple(oneOf("icmp4", "icmp6", "proto"), fc.nat(255)).map(([p, n]) => [p, "/", `${n}`]),
  fc
    .tuple(oneOf("icmp4", "icmp6"), fc.nat(255), fc.nat(255))
    .map(([p, type, code]) => [p, "/", `${type}`, "/", `${code}`]),
  fc.constant(["any-service"]),
);
const servicePrimary = fc.oneof(
  { weight: 3, arbitrary: serviceLiteral },
  { weight: 2, arbitrary: qname },
  { weight: 1, arbitrary: parameter },
);
export const service = any(servicePrimary, braces(servicePrimary, 8), braces(serviceLiteral, 30));

const value = fc.oneof(
  { weight: 4, arbitrary: name },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: parameter },
);
const chain = (operand: TokenArbitrary, operator: string): TokenArbitrary =>
  fc
    .array(operand, { minLength: 2, maxLength: 4 })
    .map((all) => all.flatMap((tokens, index) => (index === 0 ? tokens : [operator, ...tokens])));

const fieldsFor = (platform: "linux" | "windows") =>
  fc
    .subarray(
      platform === "linux"
        ? ["path", "sha256", "signer", "user", "group", "unit", "cgroup"]
        : ["path", "sha256", "signer", "user", "service"],
      { minLength: 1 },
    )
    .chain((fields) => some(...fields.map((field) => some(field, text))));
const linux = some("linux", "{", fieldsFor("linux"), "}");
const windows = some("windows", "{", fieldsFor("windows"), "}");
const programBody = some(
  "{",
  any(
    linux,
    windows,
    some(linux, windows),
    some(windows, linux),
    fieldsFor("linux"),
    fieldsFor("windows"),
  ),
  "}",
);

const expressions = fc.letrec<{
  predicate: Tokens;
  atom: Tokens;
  set: Tokens;
  setAt: Tokens;
  primary: Tokens;
}>((tie) => ({
  predicate: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("atom"),
    chain(tie("atom"), "and"),
    chain(tie("atom"), "or"),
  ),
  atom: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    some(name, "is", value),
    some(name, "is", "not", value),
    some(name, any("in", some("not", "in")), braces(value)),
    some(name, "has", value),
    some("has", name),
    some("not", "(", tie("predicate"), ")"),
    some("(", tie("predicate"), ")"),
  ),
  set: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("setAt"),
    chain(tie("setAt"), "&"),
    some(tie("setAt"), "except", tie("setAt")),
  ),
  setAt: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("primary"),
    some(tie("primary"), "@", tie("primary")),
    some("program", programBody, "@", tie("primary")),
  ),
  primary: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    qname,
    parameter,
    oneOf("workloads", "outside", "internet", "anywhere").map((kind) => [kind]),
    some("networks", cidrs),
    some("fqdn", braces(text)),
    some("workloads", "where", tie("predicate")),
    some("(", tie("set"), ")"),
    braces(tie("set"), 3),
  ),
}));
export const predicate = expressions.predicate;
export const set = expressions.set;

export const flow = some(
  set,
  "->",
  set,
  ":",
  service,
  maybe(some("when", any("same", "different"), name)),
);

const because = some("because", text);
const ticket = some("ticket", text);
const until = some("until", date);
const metaOf = (items: readonly TokenArbitrary[]): TokenArbitrary =>
  fc.shuffledSubarray([...items], { minLength: 1 }).chain((chosen) => some("{", ...chosen, "}"));
const log = some("log", any("new", "all", "none"));
const family = some("family", any("v4", "v6"));
const fallbackNetwork = some("fallback", "network");
const fallbackCidr = some("fallback", "cidr", cidrs);

const named = maybe(some(name, "="));
const exported = maybe(word("export"));
const allow = some(
  maybe(word("staged")),
  "allow",
  named,
  flow,
  maybe(metaOf([because, ticket, until, log, family, fallbackNetwork, fallbackCidr])),
);
const deny = some(
  maybe(word("staged")),
  "deny",
  named,
  flow,
  maybe(metaOf([because, ticket, until, log, family, fallbackNetwork])),
);
const exception = some("except", name, "=", flow, maybe(metaOf([because, ticket, until])));
const guard = some(
  any("never", "only", "always"),
  named,
  flow,
  maybe(
    fc
      .tuple(
        fc.array(exception, { maxLength: 2 }),
        fc.shuffledSubarray([because, ticket]),
        fc.boolean(),
      )
      .filter(([exceptions, items]) => exceptions.length + items.length > 0)
      .chain(([exceptions, items, last]) => {
        const parts = last
          ? [...items, ...exceptions.map(fc.constant)]
          : [...exceptions.map(fc.constant), ...items];
        return some("{", ...parts, "}");
      }),
  ),
);

const names = braces(name);
const directions = any("ingress", "egress", some("ingress", ",", "egress"));
const tree = fc.letrec<{ tree: Tokens; node: Tokens }>((tie) => ({
  tree: some("{", list(tie("node")), "}"),
  node: fc.oneof({ depthSize: "small", withCrossShrink: true }, name, some(name, tie("tree"))),
})).tree;
const label = name.filter(([text = ""]) => !["segment", "service", "platform"].includes(text));

const segment = some(exported, "segment", name, "=", set);
const serviceDeclaration = some(exported, "service", name, "=", service);
const program = some(exported, "program", name, programBody);
const body = fc.array(any(segment, serviceDeclaration, program, allow, deny), { maxLength: 4 });

export const declarations = {
  import: some("import", names, "from", name),
  label: some(
    "label",
    label,
    ":",
    any(some(any("enum", "set"), tree), "name", "string"),
    maybe(word("optional")),
  ),
  require: some("require", name, "=", set, "have", predicate),
  team: some("team", name, "owns", set, maybe(some("writes", names))),
  delegate: some(
    ...["delegate", directions, "of", set, maybe(some("with", set)), ":", service, "to", names],
  ),
  observe: some(
    ...["observe", directions, "of", set, "until", date, maybe(metaOf([because, ticket]))],
  ),
  guard,
  test: some(
    "test",
    text,
    "{",
    fc
      .array(
        any(
          some(
            "workload",
            name,
            braces(some(name, any(name, text, braces(any(name, text), 3))), 8),
          ),
          some(any("allowed", "denied"), flow),
        ),
        { maxLength: 4 },
      )
      .map((items) => items.flat()),
    "}",
  ),
  segment,
  service: serviceDeclaration,
  program,
  template: some(
    ...[exported, "template", name, "(", list(some(name, ":", name)), ")", "{"],
    body.map((items) => items.flat()),
    "}",
  ),
  use: some(exported, "use", name, "=", qname, "(", list(some(name, ":", any(set, text))), ")"),
  rule: any(allow, deny),
};

const header = some("module", name, any("root", some("root", "by", name), some("by", name)));

/** The tokens of one module, by statement. */
export const moduleTokens: fc.Arbitrary<readonly Tokens[]> = fc
  .tuple(header, fc.array(fc.oneof(...Object.values(declarations)), { maxLength: 6 }))
  .map(([head, rest]) => [head, ...rest]);

const comment = fc.stringMatching(/^[ -~äöü→]{0,30}$/).map((content) => `# ${content.trimEnd()}\n`);
const gap = fc.oneof(
  { weight: 20, arbitrary: fc.constant(" ") },
  { weight: 3, arbitrary: oneOf("\n", "\n  ", "\r\n", "\t", "\n\n\n", "   ") },
  {
    weight: 1,
    arbitrary: fc.tuple(oneOf(" ", "\n", "\n\n"), comment).map((parts) => parts.join("")),
  },
);

/** One text of these tokens: any blanks, line breaks and comments between them. */
function laidOut(statements: readonly Tokens[]): fc.Arbitrary<string> {
  const count = statements.flat().length;
  return fc.array(gap, { minLength: count, maxLength: count, size: "max" }).map((gaps) => {
    let index = 0;
    let result = "";
    for (const statement of statements) {
      for (const token of statement) {
        // An argument's colon after a short name, or digits after a slash, must not join others.
        result += token + (gaps[index++] ?? " ");
      }
      result += "\n";
    }
    return result;
  });
}

/** The text of a random module without errors. */
export const moduleText: fc.Arbitrary<string> = moduleTokens.chain(laidOut);

/** The same without comments, one statement a line. */
export const plainModuleText: fc.Arbitrary<string> = moduleTokens.map((statements) =>
  statements.map((tokens) => tokens.join(" ")).join("\n"),
);
