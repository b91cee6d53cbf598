// What a target is, and what it says about itself. The data is the target's own
// (`targets/<name>/capabilities.ts`); the compiler gets it as an argument and knows no target.
import type { ProgramField } from "../../grammar/ast.ts";
import type { Direction, EnforcerKind, Workload } from "../inventory/types.ts";
import type { UtcDate } from "../model/types.ts";
import type { ClassesByFamily } from "../sets/address-classes.ts";
import type { AddressSet } from "../sets/address-set.ts";
import type { ServiceSet } from "../sets/service-set.ts";
import type { DirectionMeaning } from "./packet-list.ts";
import type { EnforcerSlice } from "./slice.ts";

export type TargetName = "aws" | "nftables" | "iptables" | "windows";

/** What makes a program field visible: always, or only with help named in the inventory. */
export type FieldVisibility = "yes" | "launcher" | "app-tags";

export interface Capabilities {
  readonly kind: EnforcerKind;
  /** Program fields seen at the enforcer's own end; a missing field is not seen. */
  readonly sees: {
    readonly egress: Readonly<Partial<Record<ProgramField, FieldVisibility>>>;
    readonly ingress: Readonly<Partial<Record<ProgramField, FieldVisibility>>>;
  };
  /**
   * The least service set this enforcer matches exactly that contains `service`; equal to it
   * where it can match it exactly (language.md section 11, Capabilities).
   */
  readonly widen: (service: ServiceSet) => ServiceSet;
  /** Deny rules are enforced as such (else they are subtracted from the allows). */
  readonly deny: boolean;
  readonly log: boolean;
  /** Access ends on the enforcer itself when a rule's `until` has passed. */
  readonly nativeExpiry: boolean;
  /** Established connections end when the rule that allowed them goes. */
  readonly dropsEstablished: boolean;
  readonly doubts?: readonly Doubt[];
  /** Traffic this enforcer never filters (U): text for people, per direction. */
  readonly unfiltered: readonly {
    readonly direction: Direction;
    readonly service: ServiceSet;
    /** Destination or source addresses it concerns, as CIDRs. */
    readonly peers: readonly string[];
    readonly reason: string;
  }[];
}

/** Values of a field that are seen and yet reported not to match. */
export interface Doubt {
  readonly direction: Direction;
  readonly field: ProgramField;
  /** In lower case. */
  readonly values: ReadonlySet<string>;
  readonly reason: string;
}

/** One table per enforcer kind. */
export type CapabilityTable = Readonly<Record<EnforcerKind, Capabilities>>;

/** Whether an enforcer of this kind on this workload sees the field of a process at its end. */
export function seesField(
  capabilities: Capabilities,
  workload: Workload,
  direction: Direction,
  field: ProgramField,
): boolean {
  switch (capabilities.sees[direction][field]) {
    case "yes":
      return true;
    case "launcher":
      return workload.launcher === "segc";
    case "app-tags":
      return workload.appTags === "segc";
    default:
      return false;
  }
}

/** One file of an artefact; the path is relative to the artefact's own folder. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

export type Parsed<Plan> =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly ParseProblem[] };

/** Where an artefact says something that this version does not write: edited, or cut short. */
export interface ParseProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface MeaningOf {
  /** One for each direction that is filtered at all. */
  readonly directions: readonly DirectionMeaning[];
  /** What stands in the plan and cannot be said as such a list; a plan with one is not proved. */
  readonly faults: readonly string[];
  /** Its rules for the baseline are looked at by the target itself, as faults, and no rule is held against them. */
  readonly hasBaseline?: true;
  /** Addresses that no packet has there, at either end: the platform itself drops it. They are not compared. */
  readonly nobody?: AddressSet;
  /** No later instant can be said (seconds since 1970 UTC): what should end after it ends there. */
  readonly lastInstant?: number;
}

/** How a project wants a target to do it. */
export interface TargetSettings {
  /** The most addresses and ranges that one rule of Windows lists at one end. */
  readonly addressesPerRule?: number;
  /** Whether Windows may be given rules that block, where no rules that allow say the same. */
  readonly blockRules?: boolean;
}

/** Why a target cannot do what a slice says; nothing is made then. */
export type Beyond =
  /** Its programs are more than can be told apart on one host. */
  | { readonly why: "combinations" }
  /** It cannot stand in one direction and leave the other as it is. */
  | { readonly why: "one-direction" }
  /** A condition that the target has no words for; `detail` is a field's value, or empty. */
  | {
      readonly why:
        | "not-blocked"
        | "not-exact"
        | "tag"
        | "no-sid"
        | "no-path"
        | "no-service"
        | "service-and-user";
      readonly rule: string;
      readonly detail: string;
    };

export interface PlanOptions {
  /** False, the default: entries keep their shape, so that each rule is found again. */
  readonly minimise: boolean;
  /** One object for sets of equal content, over all slices of a compile. */
  readonly share?: (set: AddressSet) => AddressSet;
  /** What the far ends of all slices of a compile tell apart. */
  readonly classes?: ClassesByFamily;
  readonly settings?: TargetSettings;
}

/** The way from an earlier artefact to a later one that does not load all of it. */
export interface PlanUpdate {
  readonly file: OutputFile;
  /** Elements of sets that the file adds and removes. */
  readonly added: number;
  readonly removed: number;
}

/** What an enforcer will hold once it has loaded an artefact. */
export interface ArtefactSize {
  readonly rules: number;
  readonly elements: number;
}

/**
 * One kind of enforcer. Everything is a pure function of its argument; the bytes are read back and
 * compared on every compile, so quoting is inside the proof.
 */
export interface Target<Plan> {
  readonly name: TargetName;
  /**
   * Number of the form of its files, in the manifest of every artefact. Raised with every change of
   * bytes that `parse` holds to the letter, a loader's text for one: files of another form are then
   * called that, and not edited.
   */
  readonly format: number;
  readonly capabilities: Capabilities;
  /** Why it cannot do what the slice says, where that is so. */
  readonly beyond: (slice: EnforcerSlice, settings?: TargetSettings) => Beyond | undefined;
  /** A slice as this enforcer can see it; another at the far end of its flows may see more. Missing: as it is. */
  readonly asSeen?: (slice: EnforcerSlice) => EnforcerSlice;
  /** A slice whose entries are such as its rules can be, and which does the same. Missing: every slice is. */
  readonly prepare?: (slice: EnforcerSlice, settings?: TargetSettings) => EnforcerSlice;
  /** One rule lists addresses of both families, and holds one protocol or all of them. */
  readonly mixesFamilies?: true;
  /** Of a slice that is not beyond it. */
  readonly plan: (slice: EnforcerSlice, options?: PlanOptions) => Plan;
  /** Deterministic bytes. */
  readonly render: (plan: Plan) => readonly OutputFile[];
  /** Reads what `render` wrote; nothing that enforces may be lost or taken from a comment. */
  readonly parse: (files: readonly OutputFile[]) => Parsed<Plan>;
  /** What the plan does to packets, for the proof that it is what the slice says. */
  readonly meaning: (plan: Plan) => MeaningOf;
  readonly measure: (plan: Plan) => ArtefactSize;
  /** Rules with a last day, and that day. */
  readonly expiries: (plan: Plan) => readonly { readonly rule: string; readonly until: UtcDate }[];
  /** The plan without what has ended before `now`; never admits more than before. */
  readonly expire: (plan: Plan, now: UtcDate) => Plan;
  /**
   * A file that turns what is loaded of `before` into `after`, proved; undefined where only loading
   * everything does. Missing: this target has no such files.
   */
  readonly update?: (before: Plan, after: Plan) => PlanUpdate | undefined;
  /** The same of what was rendered, where that tells it without being read whole; undefined where it does not. */
  readonly updateFiles?: (
    before: readonly OutputFile[],
    after: readonly OutputFile[],
  ) => PlanUpdate | undefined;
}
