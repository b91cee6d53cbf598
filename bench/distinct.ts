// Rules over distinct hosts, the same work for two compilers: each of the hosts may reach one server
// on one of four ports. Nothing of it is shared between rules but the ports.

const ports = { ssh: 22, http: 80, https: 443, admin: 8443 } as const;
const portNames = Object.keys(ports) as readonly (keyof typeof ports)[];
const portOf = (rule: number) => portNames[rule % portNames.length] ?? "ssh";
const hostOf = (rule: number) =>
  `10.${16 + (rule >> 15)}.${(rule >> 7) & 255}.${(2 * rule) & 255}/32`;
const eachRule = <T>(rules: number, make: (rule: number) => T): readonly T[] =>
  Array.from({ length: rules }, (_, rule) => make(rule));

/** A project of segc: path to text. */
export function distinctProject(rules: number): ReadonlyMap<string, string> {
  const server = {
    name: "server",
    platform: "linux",
    labels: { role: "server" },
    addresses: ["10.0.0.1"],
    enforcers: [{ kind: "nftables", id: "host", directions: ["ingress"] }],
  };
  const statements = eachRule(
    rules,
    (rule) =>
      `allow r${rule} = networks { ${hostOf(rule)} } -> server : tcp/${ports[portOf(rule)]}`,
  );
  return new Map([
    ["segc.yaml", "edition: 1\nroot: lab\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
    ["hosts.json", JSON.stringify([server])],
    [
      "lab.seg",
      `module lab root\nlabel role: enum { server }\nsegment server = workloads where role is server\n${statements.join("\n")}\n`,
    ],
  ]);
}

/** The same for Aerleon's `aclgen`: path to text. */
export function distinctForAerleon(rules: number): ReadonlyMap<string, string> {
  const terms = eachRule(
    rules,
    (rule) =>
      `term r${rule} {\n  source-address:: H${rule}\n  protocol:: tcp\n  destination-port:: ${portOf(rule).toUpperCase()}\n  action:: accept\n}\n`,
  );
  return new Map([
    ["pol/lab.pol", `header {\n  target:: nftables inet input\n}\n${terms.join("")}`],
    ["def/hosts.net", eachRule(rules, (rule) => `H${rule} = ${hostOf(rule)}\n`).join("")],
    [
      "def/ports.svc",
      portNames.map((name) => `${name.toUpperCase()} = ${ports[name]}/tcp\n`).join(""),
    ],
  ]);
}
