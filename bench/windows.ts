// `node bench/windows.ts PYTHON`: rules of the Windows Firewall made by segc and by Aerleon for the same
// work, in turns; processor time, median of three. PYTHON has Aerleon (`pip install aerleon`).
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { median, processorSeconds } from "./processor-time.ts";

const [python = "python3"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "segc-windows-"));

/** The same work for both, as path to text. */
interface Work {
  readonly name: string;
  readonly segc: ReadonlyMap<string, string>;
  readonly aerleon: ReadonlyMap<string, string>;
}

const range = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const host = (net: number, at: number) => `10.${net + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;

/** Hosts of two roles; those of the second are enforced. */
function project(sources: readonly string[], servers: readonly string[], rules: readonly string[]) {
  const record = (role: string) => (address: string, at: number) => ({
    name: `${role}-${at}`,
    platform: "windows",
    labels: { role },
    addresses: [address],
    enforcers:
      role === "server"
        ? [{ kind: "windows-firewall", id: "host", directions: ["ingress", "egress"] }]
        : [],
  });
  const segment = (name: string) => `segment ${name} = workloads where role is ${name}`;
  return new Map([
    ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
    [
      "hosts.json",
      JSON.stringify([...sources.map(record("client")), ...servers.map(record("server"))]),
    ],
    [
      "lab.seg",
      `module lab root\nlabel role: enum { client, server }\n${segment("client")}\n${segment("server")}\n${rules.join("\n")}\n`,
    ],
  ]);
}

function policy(
  networks: readonly string[],
  services: readonly string[],
  terms: readonly string[],
): ReadonlyMap<string, string> {
  return new Map([
    [
      "pol/lab.pol",
      `header {\n  target:: windows_advfirewall in inet\n}\n${terms.map((term, at) => `term t${at} {\n${term}\n  action:: accept\n}\n`).join("")}`,
    ],
    ["def/hosts.net", networks.join("\n\n").concat("\n")],
    ["def/ports.svc", services.join("\n").concat("\n")],
  ]);
}

const listed = (name: string, addresses: readonly string[]) =>
  `${name} = ${addresses.map((address) => `${address}/32`).join("\n  ")}`;
const tcp = (port: string, source: string, destination = "") =>
  `  source-address:: ${source}\n${destination === "" ? "" : `  destination-address:: ${destination}\n`}  protocol:: tcp\n  destination-port:: ${port}`;

const apart = (net: number, count: number) => range(count, (at) => host(net, 2 * at));
const server = ["10.0.0.1"];
const works: readonly Work[] = [
  {
    name: "300 x 300 hosts, one port",
    segc: project(apart(1, 300), apart(2, 300), ["allow x = client -> server : tcp/443"]),
    aerleon: policy(
      [listed("A", apart(1, 300)), listed("B", apart(2, 300))],
      ["P = 443/tcp"],
      [tcp("P", "A", "B")],
    ),
  },
  {
    name: "100,000 hosts next to each other, one port",
    segc: project([], server, [
      `allow x = networks { ${range(100_000, (at) => `${host(16, at)}/32`).join(", ")} } -> server : tcp/443`,
    ]),
    aerleon: policy(
      [
        listed(
          "A",
          range(100_000, (at) => host(16, at)),
        ),
      ],
      ["P = 443/tcp"],
      [tcp("P", "A")],
    ),
  },
  {
    name: "20,000 rules, each with a host and a port of its own",
    segc: project(
      [],
      server,
      range(
        20_000,
        (at) =>
          `allow r${at} = networks { ${host(16, 2 * at)}/32 } -> server : tcp/${2000 + 2 * at}`,
      ),
    ),
    aerleon: policy(
      range(20_000, (at) => listed(`H${at}`, [host(16, 2 * at)])),
      range(20_000, (at) => `P${at} = ${2000 + 2 * at}/tcp`),
      range(20_000, (at) => tcp(`P${at}`, `H${at}`)),
    ),
  },
];

const compilers = {
  segc: (of: string) => [
    ...[process.execPath, "cli/segc.js", "compile", "--project", join(of, "segc")],
    ...["--now", "2026-11-23", "--out", join(of, "segc-out")],
  ],
  aerleon: (of: string) => [
    ...[python, "-c", "from aerleon.aclgen import EntryPoint; EntryPoint()"],
    ...["--base_directory", join(of, "aerleon"), "--output_directory", join(of, "aerleon-out")],
    ...["--definitions_directory", join(of, "aerleon/def")],
  ],
} as const;
const names = ["segc", "aerleon"] as const;

try {
  for (const [at, work] of works.entries()) {
    const of = join(folder, `${at}`);
    for (const name of names) write(join(of, name), work[name]);
    const times = { segc: [] as number[], aerleon: [] as number[] };
    for (let turn = 0; turn < 3; turn++) {
      for (const name of names) {
        rmSync(join(of, `${name}-out`), { recursive: true, force: true });
        if (name === "aerleon") mkdirSync(join(of, `${name}-out`));
        times[name].push(processorSeconds(python, compilers[name](of)));
      }
    }
    for (const name of names) {
      const seconds = median(times[name]).toFixed(1);
      console.log(`${work.name} | ${name} | ${seconds} s | ${sizes(join(of, `${name}-out`))}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(root: string, texts: ReadonlyMap<string, string>): void {
  for (const [path, text] of texts) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Rules and bytes: of one host for segc, in each form, and of the one script for Aerleon. */
function sizes(root: string): string {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const texts = (pattern: RegExp) =>
    files.filter((path) => pattern.test(path)).map((path) => readFileSync(join(root, path)));
  const bytes = (pattern: RegExp) => texts(pattern).reduce((sum, text) => sum + text.length, 0);
  const count = (pattern: RegExp, line: RegExp) =>
    texts(pattern).reduce((sum, text) => sum + (text.toString("utf8").match(line)?.length ?? 0), 0);
  if (files.some((path) => path.endsWith("apply.ps1"))) {
    const own = count(/rules\.reg$/, /^"segc-(?!base)/gm);
    const forms = [/apply\.ps1$/, /rules\.reg$/, /\.pol$/, /\.json$/, /\.xml$/].map(bytes);
    return `${own} rules | script ${forms[0]}, reg ${forms[1]}, pol ${forms[2]}, JSON ${forms[3]}, SyncML ${forms[4]} bytes`;
  }
  return `${count(/\.bat$/, /add rule/g)} rules | ${bytes(/\.bat$/)} bytes`;
}
