// What a project may set for `segc lint`, and what holds where it sets nothing.
import {
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../compiler/sets/service-set.ts";
import type { Span } from "../diagnostics/source.ts";

export interface LintSettings {
  /** A rule whose last day is that near is spoken of (SEG707). */
  readonly endingDays: number;
  /** A rule may be staged that long (SEG709). */
  readonly stagedDays: number;
  /** An `observe` may end that far ahead (SEG719). */
  readonly observeDays: number;
  /** A file of the inventory may be that old; undefined: nobody said (SEG805). */
  readonly inventoryDays: number | undefined;
  /** The segment from which hosts are administered, as `module.name`; undefined: nobody said (SEG713). */
  readonly adminHosts: { readonly segment: string; readonly span: Span } | undefined;
  /** What hosts are administered by (SEG713, SEG717). */
  readonly adminPorts: ServiceSet;
}

/** Where segc.yaml says nothing. */
export const defaultSettings: LintSettings = {
  endingDays: 14,
  stagedDays: 90,
  observeDays: 90,
  inventoryDays: undefined,
  adminHosts: undefined,
  adminPorts: serviceSet([
    portInterval(protocols.tcp, 22, 22),
    portInterval(protocols.tcp, 3389, 3389),
    portInterval(protocols.tcp, 5985, 5986),
  ]),
};
