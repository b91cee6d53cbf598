// Relations of the kinds that the cover by products is for, built by a seed: products planted at
// random, permissions by role in an organisation, clients and services behind firewall rules.
import { type Random, seeded } from "./random.ts";

export interface Shape {
  readonly rows: number;
  readonly columns: number;
  /** Row * columns + column. */
  readonly cells: ReadonlySet<number>;
}

export interface Planting {
  readonly size: number;
  readonly products: number;
  readonly sideMin: number;
  readonly sideMax: number;
}

/** A union of products over rows and columns drawn at random. */
export function planted({ size, products, sideMin, sideMax }: Planting, seed: number): Shape {
  const random = seeded(seed);
  const cells = new Set<number>();
  const side = () => sample(random, size, between(random, sideMin, sideMax));
  for (let i = 0; i < products; i++) relate(cells, size, side(), side());
  return { rows: size, columns: size, cells };
}

export interface Organisation {
  readonly users: number;
  readonly permissions: number;
  readonly departments: number;
  readonly jobsPerDepartment: number;
  /** Permissions of the whole organisation, of a department and of a job, at most. */
  readonly common: number;
  readonly perDepartment: number;
  readonly perJob: number;
  /** Roles across departments: projects, duties, sites. */
  readonly crossRoles: number;
  readonly perCrossRole: number;
  /** Share of users with a second job, and with permissions granted to them alone. */
  readonly secondJob: number;
  readonly grants: number;
}

/**
 * Users and permissions. Everyone has the common ones; a job inherits its department's; systems are
 * shared, so that roles overlap; some users hold two jobs, cross roles, and grants of their own.
 */
export function organisation(shape: Organisation, seed: number): Shape {
  const random = seeded(seed);
  const { users, permissions, departments, jobsPerDepartment } = shape;
  const role = (most: number) => skewed(random, permissions, between(random, 1, most));
  const common = role(shape.common);
  const jobs = Array.from({ length: departments }, () => {
    const inherited = [...common, ...role(shape.perDepartment)];
    return Array.from({ length: jobsPerDepartment }, () => [...inherited, ...role(shape.perJob)]);
  }).flat();
  const crossRoles = Array.from({ length: shape.crossRoles }, () => role(shape.perCrossRole));
  const cells = new Set<number>();
  for (let user = 0; user < users; user++) {
    const held = [jobs[skewedPlace(random, jobs.length)]];
    if (random.chance(shape.secondJob)) held.push(jobs[random.integer(jobs.length)]);
    for (let more = random.integer(3); more > 0 && crossRoles.length > 0; more--) {
      held.push(crossRoles[skewedPlace(random, crossRoles.length)]);
    }
    if (random.chance(shape.grants)) held.push(sample(random, permissions, between(random, 1, 4)));
    for (const each of held) relate(cells, permissions, [user], each ?? []);
  }
  return { rows: users, columns: permissions, cells };
}

export interface Firewall {
  readonly clients: number;
  readonly services: number;
  readonly rules: number;
  /** How many groups of services rules can name besides single ones. */
  readonly groups: number;
  /** Share of rules for a single client. */
  readonly single: number;
}

/**
 * Clients and services. Rules name a subnet (a power of two of neighbouring clients) or one client,
 * and a group of services (which overlap) or a few single ones.
 */
export function firewall(shape: Firewall, seed: number): Shape {
  const random = seeded(seed);
  const { clients, services } = shape;
  const groups = Array.from({ length: shape.groups }, () => {
    const first = random.integer(services);
    const length = between(random, 2, Math.max(3, Math.floor(services / 8)));
    const run = Array.from({ length }, (_, at) => (first + at) % services);
    return [...run, ...sample(random, services, random.integer(4))];
  });
  const cells = new Set<number>();
  for (let rule = 0; rule < shape.rules; rule++) {
    const from = random.chance(shape.single) ? [random.integer(clients)] : subnet(random, clients);
    const group = groups[random.integer(groups.length)] ?? [];
    const to = random.chance(0.6) ? group : sample(random, services, between(random, 1, 5));
    relate(cells, services, from, to);
  }
  return { rows: clients, columns: services, cells };
}

function subnet(random: Random, clients: number): number[] {
  const length = 2 ** between(random, 1, Math.floor(Math.log2(clients)) - 1);
  const first = random.integer(Math.ceil(clients / length)) * length;
  return Array.from({ length: Math.min(length, clients - first) }, (_, at) => first + at);
}

function relate(
  cells: Set<number>,
  width: number,
  rows: readonly number[],
  columns: readonly number[],
): void {
  for (const row of rows) for (const column of columns) cells.add(row * width + column);
}

function between(random: Random, least: number, most: number): number {
  return least + random.integer(most - least + 1);
}

function sample(random: Random, below: number, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.integer(below));
  return [...chosen];
}

/** Few are popular: the square of an even draw. */
function skewedPlace(random: Random, below: number): number {
  return Math.floor(random.integer(below) ** 2 / below);
}

/** A run of neighbouring permissions (one system's) and some popular ones. */
function skewed(random: Random, below: number, count: number): number[] {
  const first = random.integer(below);
  const own = Math.ceil(count * 0.8);
  const chosen = new Set(Array.from({ length: own }, (_, at) => (first + at) % below));
  for (let i = own; i < count; i++) chosen.add(skewedPlace(random, below));
  return [...chosen];
}
