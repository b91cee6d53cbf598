// What a transition consists of. Calls of one phase may reach the interfaces in any order, so a phase holds
// only additions, only removals, or only exchanges of groups; between phases everything settles.
import type { Direction } from "../../../compiler/inventory/types.ts";
import type { Cidr, Family } from "../../../compiler/sets/address.ts";
import type { StateRule } from "./state.ts";

export interface Phase {
  readonly kind: PhaseKind;
  readonly steps: readonly Step[];
}

export type PhaseKind =
  /** New groups with their rules, which nobody carries, new lists; and what changes no flow. */
  | "prepare"
  /** Rules more in groups that are carried, entries more in lists, groups more on interfaces. */
  | "add"
  /** Interfaces give all their groups for others, each in one call. */
  | "swap"
  /** Groups less on interfaces, rules less in groups, entries less in lists. */
  | "remove"
  /** Rules that would have let in too much while interfaces still sent by their old groups. */
  | "widen"
  /** Rules of groups that nobody carries any more. */
  | "empty"
  /** Those groups themselves, and lists that no rule names any more. */
  | "delete";

export type Step =
  | {
      readonly kind: "create";
      readonly group: string;
      readonly name: string;
      readonly vpc: string;
      /** Its name in the plan, which its tag holds. */
      readonly planned: string;
    }
  | {
      readonly kind: "authorize" | "revoke";
      readonly group: string;
      readonly direction: Direction;
      readonly rules: readonly StateRule[];
    }
  /** All groups that the interface carries from then on. */
  | { readonly kind: "attach"; readonly interface: string; readonly groups: readonly string[] }
  /** The plan calls the group otherwise: its tag says so. */
  | { readonly kind: "rename"; readonly group: string; readonly planned: string }
  | { readonly kind: "delete"; readonly group: string }
  | ListStep;

export type ListStep =
  | {
      readonly kind: "create-list";
      readonly list: string;
      readonly name: string;
      /** Whose groups name it. */
      readonly network: string;
      readonly family: Family;
      readonly planned: string;
      readonly entries: readonly Cidr[];
    }
  | {
      readonly kind: "extend-list" | "shorten-list";
      readonly list: string;
      readonly entries: readonly Cidr[];
    }
  | { readonly kind: "rename-list"; readonly list: string; readonly planned: string }
  | { readonly kind: "delete-list"; readonly list: string };

const isNaming = ({ kind, steps }: Phase): boolean =>
  kind === "prepare" && steps.every(({ kind }) => kind === "rename" || kind === "rename-list");

/** For people. */
export function phaseText(phase: Phase): string {
  if (isNaming(phase)) return "name groups as the plan does";
  const isOfLists = phase.steps.every((step) => "list" in step);
  return (isOfLists ? listTexts[phase.kind] : undefined) ?? texts[phase.kind];
}

const listTexts: Readonly<Partial<Record<PhaseKind, string>>> = {
  prepare: "make prefix lists that nobody names yet",
  add: "add entries to prefix lists",
  remove: "take entries out of prefix lists",
  widen: "add the entries that had to wait",
  delete: "delete prefix lists that nobody names any more",
};

/** Whether what comes next relies on every interface having it: not where no interface will ever notice. */
export const needsTime = (phase: Phase): boolean =>
  !isNaming(phase) && phase.kind !== "empty" && phase.kind !== "delete";

const texts: Readonly<Record<PhaseKind, string>> = {
  prepare: "create groups that nobody carries yet",
  add: "add rules and groups",
  swap: "give interfaces their new groups, each in one call",
  remove: "take away groups and rules",
  widen: "add the rules that had to wait",
  empty: "empty the groups that nobody carries any more",
  delete: "delete them",
};
