// A large estate as a project: teams with modules of their own, overlapping segments, delegations
// between teams, allow and deny rules, a dual-stack inventory in JSON. Deterministic by its seed.
import { type Random, seeded } from "./random.ts";

export interface EstateSize {
  readonly workloads: number;
  readonly segments: number;
  readonly rules: number;
  /** With rules over all workloads, guardrails, a fifth of the rules by address, and subnets. */
  readonly isFleet?: boolean;
  /** Of a fleet: every application runs in all three environments, so that rules tell thrice as many apart. */
  readonly mixesEnvs?: boolean;
  /** Behind AWS security groups, which know no programs. */
  readonly isCloud?: boolean;
}

const teams = 20;
const workloadsPerApp = 100;
const tiers = ["web", "proxy", "api", "batch", "db", "cache"] as const;
const tierNodes = ["front", "back", "data", ...tiers] as const;
const envs = ["prod", "prod", "prod", "staging", "dev"] as const;
const services = ["https", "postgres", "metrics", "{ https, metrics }", "tcp/8000-8099"] as const;

const teamName = (team: number) => `t${String(team + 1).padStart(2, "0")}`;
const appName = (app: number) => `app-${String(app).padStart(4, "0")}`;
const everyTeam = Array.from({ length: teams }, (_, team) => teamName(team)).join(", ");

/** Path to text, `segc.yaml` included. */
export function estate(size: EstateSize, seed = 1): ReadonlyMap<string, string> {
  const random = seeded(seed);
  const texts = new Map<string, string>([
    ["segc.yaml", configuration()],
    ["org.seg", rootModule(size)],
    ["inventory.json", inventory(size, random)],
  ]);
  for (let team = 0; team < teams; team++) {
    texts.set(`${teamName(team)}.seg`, teamModule(team, size, random));
  }
  return texts;
}

function configuration(): string {
  const names = ["org", ...everyTeam.split(", ")];
  const modules = names.map((name) => `  ${name}: ${name}.seg`).join("\n");
  return `edition: 1\nroot: org\nmodules:\n${modules}\ninventory: inventory.json\n`;
}

function rootModule({ isFleet = false }: EstateSize): string {
  const lines = [
    "module org root",
    "label env: enum { prod, staging, dev }",
    "label tier: enum { front { web, proxy }, back { api, batch }, data { db, cache } }",
    `label team: enum { ${everyTeam} }`,
    "label app: name optional",
    "label handles: set { pii, payment } optional",
    "export service https = tcp/443",
    "export service postgres = tcp/5432",
    "export service metrics = tcp/9100",
    ...everyTeam
      .split(", ")
      .map((team) => `team ${team} owns workloads where team is ${team} writes { ${team} }`),
    `delegate ingress of (workloads where tier is front) : tcp/443 to { ${everyTeam} }`,
    `delegate ingress of (workloads where tier is front) with outside : tcp/443 to { ${everyTeam} }`,
    `delegate egress of workloads with outside : tcp/443 to { ${everyTeam} }`,
    ...(isFleet ? fleetStatements() : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** Five rules that concern every workload, and ten guardrails that hold. */
function fleetStatements(): readonly string[] {
  const fronts = ["t01", "t02", "t03", "t04", "t05"];
  return [
    ...fronts.map(
      (team, index) =>
        `allow all-${team} = workloads -> workloads where team is ${team} and tier is proxy : tcp/${3120 + index}`,
    ),
    "never telnet = anywhere -> workloads : tcp/23",
    "never exposed = outside -> workloads where tier is data : any-service",
    ...Array.from({ length: 8 }, (_, team) => {
      const own = `workloads where team is ${teamName(team)}`;
      return `never ${teamName(team)}-data = workloads where team is not ${teamName(team)} -> ${own} and tier is data : any-service`;
    }),
  ];
}

/**
 * The number of an address for each workload: in the order of the inventory or, as fleets have it,
 * by subnets: who is alike stands together, but for one in fifty.
 */
function addressNumbers(
  labels: readonly { readonly [name: string]: unknown }[],
  isFleet: boolean,
  random: Random,
): readonly number[] {
  if (!isFleet) return labels.map((_, index) => index);
  const keys = labels.map(({ team, app, tier, env }) =>
    random.chance(0.02) ? `~${random.integer(1e9)}` : [team, tier, env, app].join(),
  );
  const order = [...keys.keys()].sort((a, b) => ((keys[a] ?? "") < (keys[b] ?? "") ? -1 : 1));
  const numbers = new Array<number>(labels.length);
  order.forEach((workload, number) => {
    numbers[workload] = number;
  });
  return numbers;
}

function inventory(
  { workloads, isFleet = false, mixesEnvs = false, isCloud = false }: EstateSize,
  random: Random,
): string {
  const everyLabels = Array.from({ length: workloads }, (_, index) => {
    const app = Math.floor(index / workloadsPerApp);
    const team = teamName(app % teams);
    const anyEnv = random.pick(envs);
    return {
      env: isFleet && !mixesEnvs ? envs[Math.floor(app / teams) % envs.length] : anyEnv,
      tier: random.pick(tiers),
      team,
      ...(isFleet || random.chance(0.95) ? { app: appName(app) } : {}),
      ...((isFleet ? app % 10 === 7 : random.chance(0.1)) ? { handles: ["pii"] } : {}),
    };
  });
  const numbers = addressNumbers(everyLabels, isFleet, random);
  const records = everyLabels.map((labels, workload) => {
    const index = numbers[workload] ?? 0;
    const v4 = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    const v6 = `2001:db8:${(index >> 16).toString(16)}::${(index & 0xffff).toString(16)}`;
    // The hosts of an application are alike: half of the applications of a fleet have iptables.
    const isOld = isFleet && Math.floor(workload / workloadsPerApp / teams) % 2 === 1;
    const kind = isCloud ? "aws-sg" : isOld ? "iptables" : "nftables";
    const id = isCloud ? `eni-${workload}` : "host";
    const enforcers = [{ kind, id, directions: ["ingress", "egress"] }];
    return JSON.stringify({
      name: `host-${workload}`,
      platform: "linux",
      labels,
      addresses: [v4, v6],
      enforcers,
    });
  });
  return `{"workloads":[\n${records.join(",\n")}\n]}\n`;
}

function teamModule(team: number, size: EstateSize, random: Random): string {
  const name = teamName(team);
  const apps = Math.floor(size.workloads / workloadsPerApp / teams);
  const segments = Math.floor(size.segments / teams);
  const rules = Math.floor(size.rules / teams);
  const app = () => appName(random.integer(apps) * teams + team);
  const lines = [`module ${name} by ${name}`, "import { https, metrics, postgres } from org"];
  for (let at = 0; at < segments; at++) {
    lines.push(`segment s${at} = ${segment(name, app, at, random)}`);
  }
  for (let at = 0; at < rules; at++) {
    const segmentOf = () => `s${random.integer(segments)}`;
    const isByAddress = size.isFleet === true && random.chance(0.13);
    const text = (isByAddress ? ruleByAddress : rule)(name, `r${at}`, segmentOf, random);
    lines.push(size.isCloud === true ? text.replace(/program \{.*?\}@/, "") : text);
  }
  return `${lines.join("\n")}\n`;
}

/** Mostly one tier of one application; some wide ones, some made of earlier ones. */
function segment(team: string, app: () => string, at: number, random: Random): string {
  const earlier = () => `s${random.integer(at)}`;
  const kind = random.integer(20);
  if (kind === 0) return `workloads where team is ${team} and env is ${random.pick(envs)}`;
  if (kind === 1) return `workloads where team is ${team} and handles has pii`;
  if (kind === 2 && at > 2) return `{ ${earlier()}, ${earlier()}, ${earlier()} }`;
  if (kind === 3 && at > 1) return `${earlier()} except ${earlier()}`;
  return `workloads where team is ${team} and app is ${app()} and tier is ${random.pick(tierNodes)}`;
}

/** To or from a few networks outside. */
function ruleByAddress(_team: string, name: string, segmentOf: () => string, random: Random) {
  const net = () => `198.51.${random.integer(256)}.${16 * random.integer(16)}/28`;
  const networks = `networks { ${[...new Set([net(), net(), net()])].join(", ")}, 2001:db8:f${random.integer(16).toString(16)}00::/40 }`;
  return random.chance(0.5)
    ? `allow ${name} = ${networks} -> ${segmentOf()} & workloads where tier is front : https`
    : `allow ${name} = ${segmentOf()} -> ${networks} : https`;
}

/** Most within the team; some to the front of another one, some to and from outside. */
function rule(team: string, name: string, segmentOf: () => string, random: Random): string {
  const kind = random.integer(100);
  if (kind < 4)
    return `allow ${name} = outside -> ${segmentOf()} & workloads where tier is front : https`;
  if (kind < 8)
    return `allow ${name} = ${segmentOf()} -> networks { 203.0.113.0/24, 2001:db8:ffff::/48 } : https`;
  if (kind < 14) {
    const other = teamName(random.integer(teams));
    const front = `workloads where team is ${other} and tier is front`;
    return `allow ${name} = ${segmentOf()} -> ${front} : https`;
  }
  if (kind < 22)
    return `deny ${name} = ${segmentOf()} -> ${segmentOf()} : ${random.pick(services)}`;
  if (kind < 30) return `allow ${name} = ${segmentOf()} -> ${segmentOf()} : https when same env`;
  if (kind < 34) {
    return `allow ${name} = program { unit "${team}.service" }@${segmentOf()} -> ${segmentOf()} : postgres`;
  }
  return `allow ${name} = ${segmentOf()} -> ${segmentOf()} : ${random.pick(services)}`;
}
