// Every numbered hazard's artefacts in a real kernel: they load, and loaded again they are the same.
import { expect, test } from "vitest";
import { hazards, largeHazard } from "../hazards/cases.ts";
import { compileHazard, serverFiles } from "../hazards/policy.ts";
import { backends, onHost } from "../iptables/host.ts";
import { describeKernel } from "./here.ts";

const all = [...hazards, largeHazard];
const fileName = (path: string) => path.split("/").slice(2).join("/");
const filesOf = (hazard: (typeof all)[number], target: "nftables" | "iptables") =>
  serverFiles(compileHazard(hazard, target)).map((file) => ({
    ...file,
    path: fileName(file.path),
  }));

/** Loads twice, and prints what the host holds after each. */
const twice = (load: string, list: string) =>
  `set -e; ${load}; ${list} >first; ${load}; ${list} >second; cmp first second; wc -l <first`;

describeKernel("hazards load, and load again", { needs: "namespaces" }, () => {
  test.each(all)("nftables $numbers: $what", (hazard) => {
    const done = onHost(
      { a: filesOf(hazard, "nftables") },
      "nft",
      twice("a/segc-load load", "nft list ruleset | sort"),
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(Number(done.stdout)).toBeGreaterThan(20);
  });

  test.each(backends.flatMap((backend) => all.map((hazard) => ({ ...hazard, backend }))))(
    "iptables-$backend $numbers: $what",
    ({ backend, ...hazard }) => {
      const list = "(ipt4 -S; ipt6 -S; ipset save | sort | sed 's/ initval [^ ]*//')";
      const done = onHost(
        { a: filesOf(hazard, "iptables") },
        backend,
        twice("a/load.sh load", list),
      );
      expect(done).toMatchObject({ status: 0, stderr: "" });
      expect(Number(done.stdout)).toBeGreaterThan(20);
    },
  );

  test.each(["nftables", "iptables"] as const)("%s holds all of a large set", (target) => {
    const [load, list] =
      target === "nftables"
        ? ["a/segc-load load", "nft list ruleset"]
        : ["a/load.sh load", "ipset save"];
    const count = `${list} | grep -oE '10\\.[12]?16\\.[0-9]+\\.[0-9]+' | sort -u | wc -l`;
    const files = filesOf(largeHazard, target);
    const done = onHost({ a: files }, "nft", `set -e; ${load}; ${count}`);
    expect(done.stderr).toBe("");
    expect(Number(done.stdout)).toBe(70_000);
  });
});
