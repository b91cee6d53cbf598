// A large hash says how many elements it may hold: enough for twice as many, and never too few.
import { describe, expect, test } from "vitest";
import { nftables } from "../../targets/nftables/index.ts";
import { readNftables } from "../interpreter/nftables.ts";
import { onHost } from "../iptables/host.ts";
import { directionSlice, entry, slice, tcp } from "./slices.ts";

const hosts = (count: number) =>
  Array.from(
    { length: count },
    (_, at) => `10.${at >> 15}.${(at >> 7) & 255}.${(at & 127) * 2}/32`,
  );

function artefact(peers: readonly string[]) {
  const allows = [entry("r", peers, tcp(22))];
  return nftables.render(nftables.plan(slice(directionSlice("ingress", { allows }))));
}

const textOf = (files: ReturnType<typeof artefact>) =>
  files.find(({ path }) => path === "segc.nft")?.text ?? "";
const sizeIn = (text: string) => /^ {4}size (\d+)$/m.exec(text)?.[1];

describe("the room of a set", () => {
  test.each([
    [1000, undefined],
    [1024, "2048"],
    [1025, "4096"],
    [5000, "16384"],
  ])("of %i hosts is %s", (count, room) => {
    expect(sizeIn(textOf(artefact(hosts(count))))).toBe(room);
  });

  test("is not said of prefixes: a tree has none", () => {
    expect(sizeIn(textOf(artefact([...hosts(2000), "172.16.0.0/12"])))).toBeUndefined();
  });

  test("that is too small is found out, by us and by the interpreter", () => {
    const files = artefact(hosts(2000)).map((file) =>
      file.path === "segc.nft"
        ? { ...file, text: file.text.replace("size 4096", "size 1999") }
        : file,
    );
    const parsed = nftables.parse(files);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("room"),
    ]);
    expect(() => readNftables(textOf(files))).toThrow("size of their set");
  });

  test.each([
    ["more than 32 bits", "size 4096", "size 4294967297"],
    ["a prefix of full length", "10.0.0.0,", "10.0.0.0/32,"],
    ["another blank", "10.0.0.0,", "10.0.0.0,\r"],
  ])("%s is not read: nft would not load it", (_, from, to) => {
    const files = artefact(hosts(2000)).map((file) =>
      file.path === "segc.nft" ? { ...file, text: file.text.replace(from, to) } : file,
    );
    expect(files).not.toEqual(artefact(hosts(2000)));
    expect(nftables.parse(files).ok).toBe(false);
  });

  test("takes what an update adds", () => {
    const before = nftables.plan(
      slice(directionSlice("ingress", { allows: [entry("r", hosts(1030), tcp(22))] })),
    );
    const after = nftables.plan(
      slice(directionSlice("ingress", { allows: [entry("r", hosts(2048), tcp(22))] })),
    );
    const larger = nftables.plan(
      slice(directionSlice("ingress", { allows: [entry("r", hosts(2049), tcp(22))] })),
    );
    expect(nftables.update?.(before, larger)).toBeUndefined();
    const update = nftables.update?.(before, after);
    expect(update?.added).toBe(1018);
    const done = onHost(
      { a: [...nftables.render(before), ...(update === undefined ? [] : [update.file])] },
      "nft",
      "set -e; cd a; nft -f segc.nft; nft -f update.nft; nft list ruleset | grep -c '10\\.'",
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(Number(done.stdout)).toBeGreaterThan(600);
  });
});
