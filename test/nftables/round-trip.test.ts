// The bytes of an artefact carry its whole meaning, and nothing else does.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { meaningOf } from "../../targets/nftables/meaning.ts";
import { directionSlice, entry, packet, slice, someSlice, tcp } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 2000 : 150;

function parsed(files: readonly OutputFile[]) {
  const result = nftables.parse(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

const ruleset = (files: readonly OutputFile[]) =>
  files.find(({ path }) => path === "segc.nft")?.text ?? "";

describe("an artefact of nftables", () => {
  test("parses back to the plan it was rendered from", () => {
    fc.assert(
      fc.property(someSlice, (slice) => {
        const plan = nftables.plan(slice);
        expect(parsed(nftables.render(plan))).toEqual(plan);
      }),
      { numRuns: runs },
    );
  });

  test("keeps its meaning without comments and side notes, and under other names", () => {
    fc.assert(
      fc.property(
        someSlice,
        fc.array(packet, { minLength: 30, maxLength: 60 }),
        (slice, packets) => {
          const plan = nftables.plan(slice);
          const other = meaningOf(parsed(nftables.render(plan).map(stripped)));
          const own = meaningOf(plan);
          for (const one of packets) expect(other(one)).toBe(own(one));
        },
      ),
      { numRuns: runs },
    );
  });

  test("is the same whatever the order of its entries", () => {
    fc.assert(
      fc.property(someSlice, (slice) => {
        const unique = slice.directions.every((direction) => {
          const ids = [...direction.allows, ...direction.denies].map(
            (e) => `${e.ruleId} ${e.family}`,
          );
          return new Set(ids).size === ids.length;
        });
        fc.pre(unique);
        const turned = {
          ...slice,
          directions: [...slice.directions].reverse().map((direction) => ({
            ...direction,
            allows: [...direction.allows].reverse(),
            denies: [...direction.denies].reverse(),
          })),
        };
        expect(nftables.render(nftables.plan(turned))).toEqual(
          nftables.render(nftables.plan(slice)),
        );
      }),
      { numRuns: runs },
    );
  });

  test("has one statement and one brace per line, and no line that user text could have begun", () => {
    const known =
      /^( *(add|delete|table|set|type|flags|elements|chain|policy|iif|oif|ct|meta|ip6?|icmp(v6)?|tcp|udp|sctp|limit|log|jump|goto|accept|drop|socket|return|\}|[0-9a-f:.]+(\/\d+)?,)( |$).*)?$|^# /;
    fc.assert(
      fc.property(someSlice, (slice) => {
        for (const line of ruleset(nftables.render(nftables.plan(slice))).split("\n")) {
          expect(line.replace(/,$/, ", ")).toMatch(known);
          expect(line.replaceAll(/"[^"]*"|\{ [^{}]* \}/g, "")).toMatch(/^[^{}";]*[{}]?$/);
        }
      }),
      { numRuns: runs },
    );
  });

  test("refuses what segc does not write", () => {
    const plan = nftables.plan({ kind: "nftables", id: "x", workloads: [], directions: [] });
    const [file, ...others] = nftables.render(plan);
    const broken = (text: string) => nftables.parse([{ path: "segc.nft", text }, ...others]);
    expect(file && broken(file.text).ok).toBe(true);
    expect(broken("")).toMatchObject({ ok: false });
    expect(broken(`${file?.text}flush ruleset\n`)).toMatchObject({ ok: false });
    expect(broken(file?.text.replace("inet segc {", "inet other {") ?? "")).toMatchObject({
      ok: false,
    });
  });
});

describe("a stamp", () => {
  const plan = nftables.plan(
    slice(directionSlice("ingress", { allows: [entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80))] })),
  );
  const [file, ...others] = nftables.render(plan);
  const text = file?.text ?? "";
  const parse = (changed: string) =>
    nftables.parse([{ path: "segc.nft", text: changed }, ...others]);

  test("is one for tables that are the same but for comments, and another for others", () => {
    const stampOf = (id: string, port: number, peer: string) =>
      nftables.plan(
        slice(directionSlice("ingress", { allows: [entry(id, ["10.0.0.1", peer], tcp(port))] })),
        { minimise: true },
      ).stamp;
    expect(stampOf("b", 80, "10.0.0.3")).toBe(stampOf("a", 80, "10.0.0.3"));
    expect(stampOf("a", 81, "10.0.0.3")).not.toBe(stampOf("a", 80, "10.0.0.3"));
    expect(stampOf("a", 80, "10.0.0.5")).not.toBe(stampOf("a", 80, "10.0.0.3"));
  });

  test("may be missing, or bear another name", () => {
    const block = `  set ${plan.stamp} {\n    type ipv4_addr\n  }\n`;
    expect(text).toContain(block);
    expect(parse(text.replace(block, ""))).toEqual({
      ok: true,
      plan: { ...plan, stamp: undefined },
    });
    expect(parse(text.replace(plan.stamp ?? "", "other"))).toMatchObject({ ok: true });
    expect(parse(text.replace(block, block + block.replace("v_", "w_")))).toMatchObject({
      ok: false,
    });
    expect(parse(text.replace(block, block.replace("v_", "a4_") + block))).toMatchObject({
      ok: false,
    });
  });

  test("is never asked by a rule: an empty set would match nothing", () => {
    const asked = plan.addressSets[0]?.name ?? "none";
    expect(parse(text.replace(`saddr @${asked}`, `saddr @${plan.stamp}`))).toMatchObject({
      ok: false,
    });
  });
});

/**
 * No comments, and every name that segc chose exchanged for another, in all files alike. Their order
 * stays: the files beside the table are in the order of names.
 */
function stripped(file: OutputFile): OutputFile {
  const isScript = file.executable === true;
  const text = (isScript ? file.text : file.text.replaceAll(/^#.*\n/gm, ""))
    .replaceAll(/ comment "[^"]*"/g, "")
    .replaceAll(/log prefix "[^"]*"/g, 'log prefix "x"')
    .replaceAll(
      /\b(a4_|a6_|id_|x_|segc-)([0-9a-f]{12})\b/g,
      (_, prefix, hash) => `${prefix}${turn(hash)}`,
    )
    .replaceAll(/\b(permitted|staged|refused)_(input|output)\b/g, "$1x_$2");
  const path = file.path.replace(/segc-([0-9a-f]{12})/, (_, hash) => `segc-${turn(hash)}`);
  return { ...file, path, text };
}

const turn = (hash: string) => `${hash}0`;
