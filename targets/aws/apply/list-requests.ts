// Calls of EC2 that concern managed prefix lists. A call changes entries or how many there may be, never both, and
// entries by a hundred; a change of entries names the version that it changes (platforms.md A.4).
import { type Cidr, formatCidr } from "../../../compiler/sets/address.ts";
import { groupTag, networkTag } from "../account/account.ts";
import { inCalls } from "../transition/list-steps.ts";
import type { ListStep } from "../transition/phase.ts";
import { ourTags, type Request } from "./requests.ts";

type Create = Extract<ListStep, { kind: "create-list" }>;

/** With the entries of one call; the rest are added to it. */
export const createListRequest = (
  { name, network, family, planned, entries }: Create,
  owner: string,
): Request => ({
  operation: "CreateManagedPrefixList",
  input: {
    PrefixListName: name,
    AddressFamily: `IPv${family}`,
    MaxEntries: entries.length,
    Entries: cidrsOf(inCalls(entries)[0] ?? []),
    TagSpecifications: [
      {
        ResourceType: "prefix-list",
        Tags: [...ourTags({ name, owner, planned }), { Key: networkTag, Value: network }],
      },
    ],
  },
});

export const entriesRequest = (
  id: string,
  kind: "extend-list" | "shorten-list",
  entries: readonly string[],
  version: number,
): Request => ({
  operation: "ModifyManagedPrefixList",
  input: {
    PrefixListId: id,
    CurrentVersion: version,
    [kind === "extend-list" ? "AddEntries" : "RemoveEntries"]: entries.map((Cidr) => ({ Cidr })),
  },
});

export const sizeRequest = (id: string, max: number): Request => ({
  operation: "ModifyManagedPrefixList",
  input: { PrefixListId: id, MaxEntries: max },
});

export const renameListRequest = ({
  list,
  planned,
}: Extract<ListStep, { kind: "rename-list" }>): Request => ({
  operation: "CreateTags",
  input: { Resources: [list], Tags: [{ Key: groupTag, Value: planned }] },
});

export const deleteListRequest = (id: string): Request => ({
  operation: "DeleteManagedPrefixList",
  input: { PrefixListId: id },
});

const cidrsOf = (entries: readonly Cidr[]) => entries.map((cidr) => ({ Cidr: formatCidr(cidr) }));
