// What verify and expire hold to the letter is of a numbered form. These hashes are of all that a
// target writes beside its rules: where one is another, raise the `format` of the target, for hosts
// have files of the form before.
import { expect, test } from "vitest";
import { sha256 } from "../../compiler/model/sha256.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { sideFiles as iptablesFiles } from "../../targets/iptables/side-files.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { sideFiles as nftablesFiles } from "../../targets/nftables/side-files.ts";

const bindings = {
  units: [{ unit: "app.service", slice: "segc-1.slice" }],
  launches: [{ slice: "segc-2.slice", fields: new Map([["path" as const, "/usr/bin/app"]]) }],
};
const plan = {
  ...bindings,
  stamp: undefined,
  addressSets: [],
  verdictMaps: [],
  identitySets: ["u_1"],
  chains: [],
  members: [{ set: "u_1", path: "segc.slice/segc-1.slice" }],
};

test.each([
  ["nftables", nftables.format, nftablesFiles(plan), 3, "af23711cc221"],
  ["iptables", iptables.format, iptablesFiles(bindings), 2, "2627ec411368"],
] as const)(
  "the side files of %s are of the format in the manifest",
  (_, format, files, number, hash) => {
    expect({ format, hash: sha256(JSON.stringify(files)).slice(0, 12) }).toEqual({
      format: number,
      hash,
    });
  },
);
