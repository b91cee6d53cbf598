// Artefacts edited by hand: none that does something else may pass for proved, and none may end the
// verifier.
import { expect, test } from "vitest";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { discrepancies } from "../../compiler/verify/verify-slice.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";

const of = slice(directionSlice("ingress", { allows: [entry("a", ["10.0.0.1"], tcp(80))] }));
const files = iptables.render(iptables.plan(of));

/** What the verifier says of the files with a rule before that of the policy. */
function problemsWith(rule: string): readonly unknown[] {
  const edited = files.map((file): OutputFile => {
    if (file.path !== "rules.v4") return file;
    const text = file.text.replace("-A SEG-IN -s 10.0.0.1/32 ", `${rule}\n$&`);
    expect(text).not.toBe(file.text);
    return { ...file, text };
  });
  const parsed = iptables.parse(edited);
  return parsed.ok ? discrepancies(of, iptables.meaning(parsed.plan)) : parsed.problems;
}

test("what leaves a chain until a day is a fault, not a crash", () => {
  const rule = "-A SEG-IN -m time --datestop 2027-01-01T23:59:59 -j RETURN";
  expect(problemsWith(rule)).not.toEqual([]);
});

// iptables-restore refuses the file, and the host keeps the rules of before.
test.each([
  "-A SEG-IN -s 10.0.0.1/32 -s 10.0.0.2/32 -j ACCEPT",
  "-A SEG-IN -i lo -i lo -j ACCEPT",
  "-A SEG-IN -p 6 -p 17 -j ACCEPT",
  "-A SEG-IN ! -p 6 -p 6 -j ACCEPT",
  "-A SEG-IN -p 1 -m icmp --icmp-type 8 -p 6 -j DROP",
  "-A SEG-IN -m hl --hl-eq 3 -j DROP",
])("what iptables would not load is refused: %s", (rule) => {
  expect(problemsWith(rule)).not.toEqual([]);
});
