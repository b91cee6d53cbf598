// One end of a flow as one enforcer sees it: of each program, the fields it can match and the
// fields hidden from it. What is hidden, like all of the far end's process, is "some process
// exists": it is decided here, with candidate processes, and never written into an entry.
import type { ProgramField } from "../../grammar/ast.ts";
import { narrowerOf, type Process, satisfies } from "../extent/program.ts";
import type { Term } from "../extent/types.ts";
import type { AccountId, Direction, EnforcerKind, Platform, Workload } from "../inventory/types.ts";
import type { Program } from "../model/types.ts";
import type { LocalProgram } from "./slice.ts";
import { type CapabilityTable, seesField } from "./target.ts";

export const noProcess: Process = new Map();

/** What a term asks of a process. */
export type Condition = Pick<Term, "include" | "exclude">;

/** What is left for the enforcer to match. */
export interface Match {
  readonly programs: readonly LocalProgram[];
  readonly notPrograms: readonly LocalProgram[];
}

export interface LocalView {
  readonly platform: Platform;
  /** True where the enforcer sees every field the condition needs. */
  readonly seesAll: (condition: Condition) => boolean;
  /** Hidden fields of the program; undefined where it cannot run on this platform. */
  readonly hidden: (program: Program) => Process | undefined;
  /** The rest of the condition for a process with these hidden fields; undefined: none holds. */
  readonly reduce: (condition: Condition, hidden: Process) => Match | undefined;
}

/** How an enforcer of this kind sees processes on this workload. */
export function localView(
  capabilities: CapabilityTable,
  kind: EnforcerKind,
  workload: Workload,
  direction: Direction,
): LocalView {
  const { platform } = workload;
  const parts = (program: Program, seen: boolean): Process | undefined => {
    const fields = program.alternatives.get(platform);
    if (fields === undefined) return undefined;
    return new Map(
      [...fields].filter(
        ([field]) => seesField(capabilities[kind], workload, direction, field) === seen,
      ),
    );
  };
  const hidden = (program: Program) => parts(program, false);
  const visible = (program: Program) => localProgram(program, parts(program, true), workload);
  return {
    platform,
    hidden,
    seesAll: ({ include, exclude }) =>
      [...include, ...exclude].every((program) => (hidden(program)?.size ?? 0) === 0),
    reduce: (condition, process) => reduce(condition, process, platform, hidden, visible),
  };
}

function reduce(
  { include, exclude }: Condition,
  process: Process,
  platform: Platform,
  hidden: (program: Program) => Process | undefined,
  visible: (program: Program) => LocalProgram | undefined,
): Match | undefined {
  const programs: LocalProgram[] = [];
  const notPrograms: LocalProgram[] = [];
  const holds = (program: Program) => {
    const fields = hidden(program);
    return fields !== undefined && satisfies(platform, process, fields);
  };
  for (const program of include) {
    if (!holds(program)) return undefined;
    const local = visible(program);
    if (local !== undefined) programs.push(local);
  }
  for (const program of exclude) {
    if (!holds(program)) continue;
    const local = visible(program);
    if (local === undefined) return undefined;
    notPrograms.push(local);
  }
  return { programs, notPrograms };
}

/** Undefined where no field is visible. */
function localProgram(
  program: Program,
  fields: Process | undefined,
  workload: Workload,
): LocalProgram | undefined {
  if (fields === undefined || fields.size === 0) return undefined;
  const sorted = [...fields]
    .map(([field, value]) => [field, oneName(field, value, workload)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const key = sorted.map(([field, value]) => `${field} ${JSON.stringify(value)}`).join(" ");
  const [user, group] = [fields.get("user"), fields.get("group")];
  return {
    key,
    label: program.name ?? key,
    fields: new Map(sorted),
    uid: numberOf(user === undefined ? undefined : workload.users.get(user)),
    gid: numberOf(group === undefined ? undefined : workload.groups.get(group)),
    sid: user === undefined ? undefined : sidOf(user, workload),
  };
}

/** Names of one account are one name: the host knows its number, or identifier, only. */
function oneName(field: ProgramField, name: string, workload: Workload): string {
  const { users, groups } = workload;
  const sid = field === "user" ? sidOf(name, workload) : undefined;
  if (sid !== undefined) return sid;
  const accounts = field === "user" ? users : field === "group" ? groups : undefined;
  const id = accounts?.get(name);
  if (accounts === undefined || id === undefined) return name;
  return [...accounts].find(([, other]) => other === id)?.[0] ?? name;
}

const numberOf = (id: AccountId | undefined) => (typeof id === "number" ? id : undefined);

/** Accounts that have the same identifier on every host ([MS-DTYP] 2.4.2.4). */
const wellKnown = new Map([
  ["system", "S-1-5-18"],
  ["localsystem", "S-1-5-18"],
  ["local service", "S-1-5-19"],
  ["localservice", "S-1-5-19"],
  ["network service", "S-1-5-20"],
  ["networkservice", "S-1-5-20"],
]);

/**
 * Written in the one way there is ([MS-DTYP] 2.4.2.1), and not of a group that we know: whoever is of a
 * group passes a rule for it, under whatever account.
 */
function isUserSid(text: string): boolean {
  if (!/^S-1-(?:0|[1-9]\d{0,14})(?:-(?:0|[1-9]\d{0,9})){1,15}$/.test(text)) return false;
  const [authority = 0, ...parts] = text.slice("S-1-".length).split("-").map(Number);
  if (authority >= 2 ** 48 || parts.some((part) => part >= 2 ** 32)) return false;
  // Of Entra ID, where accounts and groups look alike, as they do from 1000 on in a domain.
  if (authority === 12) return parts[0] === 1 && parts.length === 5;
  if (authority !== 5) return false;
  const [kind = 0] = parts;
  // Of a domain or machine, groups that every one has are 512 to 599; the accounts are 500 to 504.
  const relative = parts.at(-1) ?? 0;
  if (kind === 21) {
    return parts.length === 5 && (relative >= 1000 || (relative >= 500 && relative <= 504));
  }
  if (parts.length === 1) return [17, 18, 19, 20].includes(kind);
  // Of a service and the like: five numbers at least, and not all services.
  return parts.length >= 6 && [80, 82, 83].includes(kind);
}

function sidOf(user: string, { platform, users }: Workload): string | undefined {
  if (platform !== "windows") return undefined;
  const given = users.get(user) ?? user;
  if (typeof given === "string" && /^S-/i.test(given)) return isUserSid(given) ? given : undefined;
  return wellKnown.get(user.toLowerCase().replace(/^nt authority\\/, ""));
}

/** Whether the process satisfies the condition; outside (no platform) nothing runs. */
export function holdsFor(
  platform: Platform | undefined,
  process: Process,
  { include, exclude }: Condition,
): boolean {
  const matches = (program: Program) => {
    const fields = platform === undefined ? undefined : program.alternatives.get(platform);
    return platform !== undefined && fields !== undefined && satisfies(platform, process, fields);
  };
  return include.every(matches) && !exclude.some(matches);
}

/** The least process with the fields of both, or undefined where they contradict. */
export function mergeProcesses(platform: Platform, a: Process, b: Process): Process | undefined {
  const merged = new Map(a);
  for (const [field, value] of b) {
    const before = merged.get(field);
    const both = before === undefined ? value : narrowerOf(platform, field, before, value);
    if (both === undefined) return undefined;
    merged.set(field, both);
  }
  return merged;
}

/**
 * The least process of `wanted`, and that process joined with every consistent choice of
 * `optional`: enough to decide whether some process meets the first and escapes denies whose
 * exceptions are the second.
 */
export function candidateProcesses(
  platform: Platform,
  wanted: readonly Process[],
  optional: readonly Process[],
): readonly Process[] {
  let base: Process | undefined = noProcess;
  for (const fields of wanted) {
    base = base === undefined ? undefined : mergeProcesses(platform, base, fields);
  }
  if (base === undefined) return [];
  const candidates = new Map([[keyOf(base), base]]);
  for (const fields of optional) {
    // WHY a limit: a candidate less can only close, never open, and nobody writes so many.
    if (candidates.size > 1000) break;
    for (const candidate of [...candidates.values()]) {
      const joined = mergeProcesses(platform, candidate, fields);
      if (joined !== undefined) candidates.set(keyOf(joined), joined);
    }
  }
  return [...candidates.values()];
}

const keyOf = (process: Process) => JSON.stringify([...process].sort());
