// What a target is whose enforcers share what they hold (fleet.ts).
import type { MinimisedCounts } from "../minimise/minimise-slice.ts";
import type { UtcDate } from "../model/types.ts";
import type { Fleet, FleetMember } from "./fleet.ts";
import type {
  ArtefactSize,
  Capabilities,
  MeaningOf,
  OutputFile,
  Parsed,
  TargetName,
} from "./target.ts";

/**
 * One kind of enforcers that share what they hold, so that one artefact is for all of them. As for a
 * `Target`, everything is a pure function of its argument and the bytes are read back.
 */
export interface FleetTarget<Plan> {
  readonly name: TargetName;
  /** As of `Target`. */
  readonly format: number;
  readonly capabilities: Capabilities;
  /** `previous` is an earlier plan, from which as little as is sensible changes; without one the plan is pure. */
  readonly plan: (fleet: Fleet, options: FleetOptions, previous?: Plan) => FleetPlanned<Plan>;
  /** Deterministic bytes. */
  readonly render: (plan: Plan) => readonly OutputFile[];
  readonly parse: (files: readonly OutputFile[]) => Parsed<Plan>;
  /** What the plan does at the interfaces of each member. */
  readonly meaning: (plan: Plan, fleet: Fleet) => FleetMeaning;
  readonly measure: (plan: Plan) => ArtefactSize;
  /** Rules with a last day, and that day. */
  readonly expiries: (plan: Plan) => readonly { readonly rule: string; readonly until: UtcDate }[];
  /** The plan without what has ended before `now`; never admits more than before. */
  readonly expire: (plan: Plan, now: UtcDate) => Plan;
}

export interface FleetOptions {
  /** False: every rule of the policy is found again. */
  readonly minimise: boolean;
  /** Quotas of the account that the project states, by the target's own names. */
  readonly limits: ReadonlyMap<string, number>;
}

export type FleetPlanned<Plan> =
  | {
      readonly ok: true;
      readonly plan: Plan;
      /** Undefined where nothing was minimised. */
      readonly minimised?: MinimisedCounts;
    }
  | { readonly ok: false; readonly problems: readonly FleetProblem[] };

/** Why there can be no plan. */
export type FleetProblem =
  | {
      readonly kind: "quota";
      /** Who would carry what is too large, by name. */
      readonly workloads: readonly string[];
      /** What is counted, for people: `inbound IPv4 rules of one security group`. */
      readonly of: string;
      readonly count: number;
      readonly limit: number;
      /** What each rule of the policy costs there, greatest first. */
      readonly dearest: readonly { readonly rule: string; readonly cost: number }[];
    }
  /** Rules tell its addresses apart, or they lie in several networks. */
  | {
      readonly kind: "addresses";
      readonly workload: string;
      readonly why: "told-apart" | "several-realms" | "no-realm" | "several-networks";
    }
  /** A network has members of several realms. */
  | {
      readonly kind: "realms";
      readonly workload: string;
      readonly network: string;
      readonly realms: readonly string[];
    }
  /** The project says that networks of two realms are joined. */
  | { readonly kind: "joined"; readonly networks: readonly [string, string] }
  /** Two workloads name one enforcer, which can do for one of them only. */
  | {
      readonly kind: "shared";
      readonly enforcer: string;
      readonly workload: string;
      readonly other: string;
    };

export interface FleetMeaning {
  /** What stands in the plan that belongs to no member, or cannot be said. */
  readonly faults: readonly string[];
  /** Undefined where the member is only observed and keeps what it has, as it must. */
  readonly of: (member: FleetMember) => MeaningOf | undefined;
}
