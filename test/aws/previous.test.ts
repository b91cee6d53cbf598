// An earlier artefact as an input of the next compile: what would do as well stays as it is.
import { expect, it } from "vitest";
import { compile, verify } from "../../index.ts";
import type { GroupsDocument } from "./evaluator.ts";
import { awsText, documentOf } from "./projects.ts";
import { filesOf, type Host, now } from "./shop.ts";

// Whatever a job sends is not enforced, so applications and jobs hold no rule together: a group of both would be there
// for those who name it only. The first two share a prefix.
const policy = `module shop root
label role: enum { web, app, job }
allow ask = workloads where role is app or role is job -> workloads where role is web : tcp/443
`;
const hosts: readonly Host[] = [
  { name: "web-1", role: "web", addresses: ["10.0.9.1"] },
  { name: "app-1", role: "app", addresses: ["10.0.0.8"] },
];
const jobs = (count: number): readonly Host[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `job-${at + 1}`,
    role: "job",
    addresses: [`10.0.${at}.9`],
    directions: ["ingress"],
  }));

function compiled(count: number, since?: Parameters<typeof compile>[1]["since"]) {
  const files = filesOf([...hosts, ...jobs(count)], policy);
  const options = { now, targets: ["aws"] as const, ...(since === undefined ? {} : { since }) };
  const { compiled: found, checked, diagnostics } = compile(files, options);
  if (found === undefined) throw new Error(JSON.stringify(diagnostics.map((one) => one.message)));
  const texts = new Map(
    found.artefacts.flatMap(({ files: own }) => own.map(({ path, text }) => [path, text] as const)),
  );
  expect(verify(checked, found.manifest, texts, { now }).findings).toEqual([]);
  const document = documentOf(awsText(found.artefacts) ?? "");
  return { document, since: { manifest: found.manifest, texts } };
}

const peersIn = ({ groups }: GroupsDocument) =>
  groups.flatMap(({ ingress }) => ingress.map(({ cidr, group }) => cidr ?? group ?? ""));

it("keeps peers by address where a group would do as well, and not where it is much better", () => {
  const one = compiled(1);
  expect(peersIn(one.document)).toEqual(["10.0.0.8/31"]);
  expect(peersIn(compiled(3).document)).toEqual([expect.stringMatching(/^segc-peers-/)]);
  const kept = compiled(3, one.since);
  expect(peersIn(kept.document)).toEqual(["10.0.0.8/31", "10.0.1.9/32", "10.0.2.9/32"]);
  expect(peersIn(compiled(9, kept.since).document)).toEqual([
    expect.stringMatching(/^segc-peers-/),
  ]);
});

it("keeps a group for peers of whom few are left", () => {
  const three = compiled(3);
  expect(compiled(1, three.since).document.groups).toHaveLength(three.document.groups.length);
});

it("is a pure function without one, and makes nothing of one that cannot be read", () => {
  const one = compiled(1);
  const texts = new Map([...one.since.texts].map(([path, text]) => [path, `${text}{`] as const));
  const plain = compiled(3);
  expect(compiled(3, { ...one.since, texts }).document).toEqual(plain.document);
  expect(compiled(3, { ...one.since, texts: new Map() }).document).toEqual(plain.document);
  expect(compiled(3, plain.since).document).toEqual(plain.document);
});
