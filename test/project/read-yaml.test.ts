// YAML inventories: anchors, hostile documents, and where a fault is shown.
import { describe, expect, it } from "vitest";
import { build, shown } from "../inventory/load-inventory.ts";

const faultsIn = (text: string) => build({ "h.yaml": text }).diagnostics.map(shown);
const workload = (name: string, labels: string) =>
  `- { name: ${name}, platform: linux, labels: ${labels} }\n`;

describe("a YAML inventory", () => {
  it("may hold its list under `workloads`, and say where it comes from", () => {
    const { inventory, diagnostics } = build({
      "h.yaml": `source: cmdb\nworkloads:\n  ${workload("a", "{ env: prod }")}`,
    });
    expect(diagnostics).toEqual([]);
    expect(inventory.workloads.map(({ name }) => name)).toEqual(["a"]);
  });

  it("may use anchors, thousands of times", () => {
    const rest = Array.from({ length: 3000 }, (_, index) => workload(`w${index}`, "*p")).join("");
    const { inventory, diagnostics } = build({
      "h.yaml": workload("a", "&p { env: prod }") + rest,
    });
    expect(diagnostics).toEqual([]);
    expect(inventory.workloads).toHaveLength(3001);
  });

  it("shows a fault in an anchor once, there", () => {
    const text = workload("a", "&p { env: prdo }") + workload("b", "*p");
    expect(faultsIn(text)).toEqual([
      'SEG802 h.yaml:1:49 "prdo" label `env` has no value `prdo`; did you mean `prod`?',
    ]);
  });

  it.each([
    ["", 'SEG809 h.yaml:1:1 "" `h.yaml` is not a list of workloads'],
    ["hosts: []", "SEG809 h.yaml:1:1"],
    ["workloads: {}", 'SEG809 h.yaml:1:12 "{}" `h.yaml` is not a list of workloads'],
    ["workloads: []\nworkload: []", 'SEG809 h.yaml:2:1 "workload" `workload` is unknown here; did'],
    ["- 5", 'SEG809 h.yaml:1:3 "5" `workload` must be a mapping, not `5`'],
    [
      "- { nam: a, platform: linux }",
      'SEG809 h.yaml:1:5 "nam" `nam` is unknown here; did you mean',
    ],
    [
      "- { platform: linux }",
      'SEG809 h.yaml:1:3 "{ platform: linux }" this workload has no `name`',
    ],
    [
      "- name: a\n  platform: linx",
      'SEG809 h.yaml:2:13 "linx" `platform` cannot be `linx`; did you',
    ],
    ["- name: 5\n  platform: linux", 'SEG809 h.yaml:1:9 "5" `name` must be text, not `5`'],
    [
      "- name: a\n  users: { u: 1.5 }",
      'SEG809 h.yaml:2:15 "1.5" `u` must be a whole number or text, not',
    ],
    [
      "- name: a\n  users: { u: x }",
      'SEG809 h.yaml:2:15 "x" `u` must be an account number, or a SID on Windows, not "x"',
    ],
    ["- name: a\n  users: { u: -1 }", 'SEG809 h.yaml:2:15 "-1" `u` must be from 0 to 4294967294'],
    [
      "- name: a\n  labels:\n    env:",
      'SEG809 h.yaml:3:9 "" `env` must be text or a list, not empty',
    ],
    ["- name: a\n  labels: { env: yes, env: no }", 'SEG809 h.yaml:2:23 "env" `env` is given twice'],
    ["- name: a\n  enforcers: [{ kind: nft }]", 'SEG809 h.yaml:2:15 "{ kind: nft }" this enforcer'],
    ["- name: a\n  <<: *b", "SEG809 h.yaml:1:1"],
    ["- name: a\n  <<: { platform: linux }", 'SEG809 h.yaml:2:3 "<<" `<<` is unknown here'],
    ["- ? [a]\n  : b", "SEG809 h.yaml:1:"],
    ["- name: a\n\tplatform: linux", 'SEG809 h.yaml:2:1 "\\t" YAML is indented with spaces'],
    ["- &a [*a]", "SEG809 h.yaml:1:"],
  ])("%j", (text, expected) => {
    expect(faultsIn(text)[0]).toContain(expected);
  });

  it("says that a number needs quotes to be text", () => {
    const { diagnostics } = build({ "h.yaml": "- name: 5" });
    expect(diagnostics[0]?.help).toBe("put it in double quotes");
  });
});
