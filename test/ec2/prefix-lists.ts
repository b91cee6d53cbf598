// Managed prefix lists of the stand-in (platforms.md A.4): a size that is not changed together with entries, versions,
// and changes that take their time. A list counts as many rules as it may have entries.
import { Ec2Fault } from "./fault.ts";
import { type Parameters, recordsAt, textAt } from "./parameters.ts";
import type { StoredRule } from "./rule-values.ts";

export interface StoredList {
  readonly id: string;
  readonly name: string;
  readonly family: "IPv4" | "IPv6";
  readonly tags: Map<string, string>;
  entries: readonly string[];
  /** Undefined for lists of AWS, which have a weight instead. */
  max: number | undefined;
  version: number;
  state: string;
}

const bad = (code: string, message: string) => new Ec2Fault(code, message);

export function newList(id: string, parameters: Parameters): StoredList {
  const entries = entriesAt(parameters, "Entry");
  const max = Number(textAt(parameters, "MaxEntries"));
  const family = textAt(parameters, "AddressFamily");
  if (family !== "IPv4" && family !== "IPv6") throw bad("InvalidParameterValue", "no family");
  const name = textAt(parameters, "PrefixListName") ?? "";
  if (name === "" || name.startsWith("com.amazonaws")) {
    throw bad("InvalidParameterValue", `no name: ${name}`);
  }
  check(entries, max, family);
  const tags = new Map(
    recordsAt(parameters, "TagSpecification").flatMap((one) =>
      recordsAt(one, "Tag").map((tag) => [textAt(tag, "Key") ?? "", textAt(tag, "Value") ?? ""]),
    ),
  );
  return { id, name, family, tags, entries, max, version: 1, state: "create-in-progress" };
}

/** @param fits whether all that names the list has room for so many entries */
export function modifyList(
  list: StoredList,
  parameters: Parameters,
  fits: (max: number) => boolean,
): void {
  if (list.state.endsWith("-in-progress")) throw bad("IncorrectState", `${list.id} is busy`);
  const [added, removed] = [
    entriesAt(parameters, "AddEntry"),
    entriesAt(parameters, "RemoveEntry"),
  ];
  const size = textAt(parameters, "MaxEntries");
  if (size !== undefined) {
    if (added.length + removed.length > 0) {
      throw bad(
        "InvalidParameterCombination",
        "You cannot modify the entries and the maximum entries for the prefix list in the same request.",
      );
    }
    if (Number(size) < list.entries.length) throw bad("InvalidParameterValue", "too few");
    list.state = fits(Number(size)) ? "modify-in-progress" : "modify-failed";
    if (list.state === "modify-in-progress") list.max = Number(size);
    return;
  }
  if (textAt(parameters, "CurrentVersion") !== String(list.version)) {
    throw bad("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
  }
  if (added.some((one) => list.entries.includes(one))) {
    throw bad("InvalidRequest", "an entry is there already");
  }
  if (removed.some((one) => !list.entries.includes(one))) {
    throw bad("InvalidRequest", "an entry is not there");
  }
  const entries = [...list.entries.filter((one) => !removed.includes(one)), ...added];
  check(added, 100, list.family);
  check(entries, list.max ?? 0, list.family);
  list.entries = entries;
  list.version++;
  list.state = "modify-in-progress";
}

interface Rules {
  readonly ingress: ReadonlyMap<string, StoredRule>;
  readonly egress: ReadonlyMap<string, StoredRule>;
}

export const isNamed = ({ id }: StoredList, groups: Iterable<Rules>): boolean =>
  [...groups].some(({ ingress, egress }) =>
    [...ingress.values(), ...egress.values()].some(
      ({ peer }) => peer.kind === "list" && peer.id === id,
    ),
  );

/** Whoever looks sees it in progress once. */
export function looked(list: StoredList): string {
  const { state } = list;
  list.state = state.replace("-in-progress", "-complete");
  return state;
}

function check(entries: readonly string[], max: number, family: string): void {
  if (entries.length > max) throw bad("PrefixListMaxEntriesExceeded", `more than ${max} entries`);
  if (new Set(entries).size < entries.length) throw bad("InvalidRequest", "an entry twice");
  if (entries.some((one) => one.includes(":") !== (family === "IPv6"))) {
    throw bad("InvalidParameterValue", `an entry that is not ${family}`);
  }
}

const entriesAt = (parameters: Parameters, key: string): readonly string[] =>
  recordsAt(parameters, key).map((one) => textAt(one, "Cidr") ?? "");
