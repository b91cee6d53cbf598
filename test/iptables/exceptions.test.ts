// All but some addresses: a set of prefixes with exceptions, because a look-up asks once for each
// length. The kernel is asked itself what it makes of `nomatch`.
import { describe, expect, test } from "vitest";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import { isFault, parseAddress } from "../../compiler/sets/address.ts";
import {
  addressesOfFamily,
  everyAddress,
  hasAddress,
  internetAddresses,
  prefixes,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import { discrepancies } from "../../compiler/verify/verify-slice.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { onHost } from "./host.ts";

const holes = prefixes("10.0.0.0/8", "192.0.2.64/27", "2001:db8::/32");
const islands = prefixes("10.1.2.3/32", "2001:db8:1::/48");
const peers = unionAddresses(subtractAddresses(everyAddress, holes), islands);

function artefact(remote: typeof peers, family: 4 | 6, minimise = true) {
  const one: SliceEntry = {
    ...entry("r", [family === 4 ? "10.0.0.1" : "::1"], tcp(22)),
    remote: addressesOfFamily(remote, family),
  };
  const of = { ...slice(directionSlice("ingress", { allows: [one] })), kind: "iptables" as const };
  const files = iptables.render(iptables.plan(of, { minimise }));
  const lines = (files.find(({ path }) => path === "segc.ipset")?.text ?? "").split("\n");
  return { of, files, members: lines.filter((line) => line.startsWith("add ")) };
}

describe("prefixes with exceptions", () => {
  test.each([4, 6] as const)("say all but some networks: IPv%d", (family) => {
    const { of, files, members } = artefact(peers, family);
    const exceptions = members.filter((line) => line.endsWith(" nomatch"));
    expect(exceptions.length).toBeGreaterThan(0);
    expect(members.length).toBeLessThan(8);
    const plain = artefact(peers, family, false).members;
    expect(plain.length).toBeGreaterThan(15);
    expect(plain.filter((line) => line.includes("nomatch"))).toEqual([]);
    const parsed = iptables.parse(files);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(discrepancies(of, iptables.meaning(parsed.plan))).toEqual([]);
  });

  test("an exception that is lost or too many is found out", () => {
    const { of, files } = artefact(peers, 4);
    const changes: readonly ((text: string) => string)[] = [
      (text) => text.replace(" nomatch", ""),
      (text) => text.replace(/^add .* nomatch\n/m, ""),
      (text) => text.replace(/^add (\S+) (.*)\/27 nomatch$/m, "add $1 $2/28 nomatch"),
      (text) => text.replace(/^(add \S+ 10\.1\.2\.3.*)$/m, "$1 nomatch"),
    ];
    for (const change of changes) {
      const changed = files.map((file) =>
        file.path === "segc.ipset" ? { ...file, text: change(file.text) } : file,
      );
      expect(changed).not.toEqual(files);
      const parsed = iptables.parse(changed);
      const found = parsed.ok ? discrepancies(of, iptables.meaning(parsed.plan)) : parsed.problems;
      expect(found.length).toBeGreaterThan(0);
    }
  });

  test("the internet costs fewer look-ups so", () => {
    const lengths = (members: readonly string[]) =>
      new Set(members.map((line) => /\/\d+/.exec(line)?.[0])).size;
    const [dug, plain] = [true, false].map((minimise) => artefact(internetAddresses, 4, minimise));
    expect(lengths(dug?.members ?? [])).toBeLessThan(lengths(plain?.members ?? []));
  });

  test.each([
    "10.0.0.0",
    "9.255.255.255",
    "10.1.2.3",
    "10.1.2.4",
    "11.0.0.0",
    "192.0.2.63",
    "192.0.2.64",
    "192.0.2.95",
    "192.0.2.96",
    "0.0.0.1",
    "255.255.255.255",
    ...["2001:db8::1", "2001:db8:1::1", "2001:db7:ffff::", "2001:db9::", "::2", "ffff::1"],
  ])("the kernel finds %s as we say", (text) => {
    const address = parseAddress(text);
    if (isFault(address)) throw new Error(text);
    const { files } = artefact(peers, address.family);
    const name = /^create (SEG-[46]-\w+)/m.exec(
      files.find(({ path }) => path === "segc.ipset")?.text ?? "",
    )?.[1];
    const said = onHost(
      { a: files },
      "nft",
      `ipset restore <a/segc.ipset; ipset test ${name} ${text} 2>&1`,
    );
    const is = hasAddress(peers, address) ? "is" : "is NOT";
    expect(said.stdout).toContain(`${text} ${is} in set`);
  });
});
