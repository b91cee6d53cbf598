// The options of one match of a rule, and what their meaning depends on.
import type { Family } from "../address.ts";
import { type Formula, not } from "../formula.ts";
import type { IpSets } from "./sets.ts";

export interface Option {
  readonly name: string;
  readonly values: readonly string[];
  readonly inverted: boolean;
}

export interface Context {
  readonly family: Family;
  readonly sets: IpSets;
  /** Of `-p`, not inverted. */
  readonly protocol: number | undefined;
  readonly line: number;
}

export const textOf = (option: Option): string => option.values[0] ?? "";
export const signed = (option: Option, formula: Formula): Formula =>
  option.inverted ? not(formula) : formula;
