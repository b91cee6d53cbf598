// Directions that nothing enforces are open, for good and in every family that an interface knows.
import { describe, expect, it } from "vitest";
import { verify } from "../../index.ts";
import { compiled, hosts, now, policy } from "./shop.ts";

const segments = policy.slice(0, policy.indexOf("allow"));

describe("a direction that nothing enforces", () => {
  it("is open where one interface knows IPv4 only and another IPv6 only", () => {
    const list = ["10.0.0.1", "fd00::2"].map((address, at) => ({
      name: `web-${at}`,
      role: "web",
      addresses: [address],
      directions: ["egress"],
    }));
    const { document } = compiled(list, segments);
    const open = document.groups.flatMap(({ ingress }) => ingress.map(({ cidr }) => cidr));
    expect(new Set(open)).toEqual(new Set(["0.0.0.0/0", "::/0"]));
  });

  it("is not open by a rule that ends", () => {
    const list = hosts.slice(0, 1).map((host) => ({ ...host, directions: ["ingress"] }));
    const { checked, manifest, artefacts, text } = compiled(list, segments);
    const found = (groups: string) => {
      const texts = artefacts.flatMap(({ files }) =>
        files.map((file) => [file.path, file.text === text ? groups : file.text] as const),
      );
      return verify(checked, manifest, new Map(texts), { now }).findings;
    };
    expect(found(text)).toEqual([]);
    const ending = JSON.parse(text);
    for (const group of ending.groups) {
      for (const rule of group.egress)
        Object.assign(rule, { until: "2026-12-31", rules: ["shop.a"] });
    }
    expect(found(JSON.stringify(ending))).not.toEqual([]);
  });
});
