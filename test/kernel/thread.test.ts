// The thin thread: one rule, two hosts, one loaded table, one packet that passes and its neighbour
// that does not.
import { expect, test } from "vitest";
import { nftables } from "../../targets/nftables/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";
import { Lab } from "./lab.ts";

describeKernel("one rule on a real kernel", { needs: "namespaces" }, () => {
  test("lets its port through and not the next one", async () => {
    const lab = await Lab.start([
      { name: "web", addresses: ["10.0.0.1", "2001:db8::1"] },
      { name: "db", addresses: ["10.7.0.9", "2001:db8:7::9"] },
    ]);
    try {
      const client = await lab.spawn({
        host: "web",
        name: "any",
        uid: 0,
        gid: 0,
        cgroup: undefined,
      });
      const server = await lab.spawn({
        host: "db",
        name: "any",
        uid: 0,
        gid: 0,
        cgroup: undefined,
      });
      const ports = [5432, 5433];
      await lab.listen(
        server,
        ports.flatMap((port) =>
          ["10.7.0.9", "2001:db8:7::9"].map((address) => ["tcp", address, port] as const),
        ),
      );
      const probes = ports.flatMap((port) => [
        {
          process: client,
          kind: "tcp" as const,
          source: "10.0.0.1",
          destination: "10.7.0.9",
          port,
        },
        {
          process: client,
          kind: "tcp" as const,
          source: "2001:db8::1",
          destination: "2001:db8:7::9",
          port,
        },
      ]);
      expect(await lab.probe(probes)).toEqual([true, true, true, true]);
      const rule = (remote: string) => entry("web-to-db", [remote], tcp(5432));
      const plan = nftables.plan(
        slice(
          directionSlice("ingress", { allows: [rule("10.0.0.1/32"), rule("2001:db8::1/128")] }),
          directionSlice("egress"),
        ),
      );
      await lab.load("db", nftables.render(plan));
      expect(await lab.probe(probes)).toEqual([true, true, false, false]);
    } finally {
      await lab.close();
    }
  });
});
