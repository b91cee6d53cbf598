// The corners of expansion that random projects rarely meet.
import { describe, expect, test } from "vitest";
import { expand } from "../../compiler/extent/expand.ts";
import { addressSet } from "../../compiler/sets/address-set.ts";
import { members } from "../../compiler/sets/bitset.ts";
import { anyService, icmpInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import {
  app,
  at,
  both,
  cidr,
  env,
  except,
  flow,
  inventory,
  is,
  model,
  networks,
  outside,
  program,
  union,
  where,
  workload,
  workloads,
} from "./makers.ts";

const listenerReport = serviceSet([icmpInterval(6, 131, undefined)]);
const two = (...addresses: string[]) =>
  expand(
    model(),
    inventory(...addresses.map((ip, index) => workload(`w${index}`, { env: "prod" }, [ip]))),
  );

describe("the baseline", () => {
  test("listener discovery within the link is no rule's flow", () => {
    const expansion = two("fe80::1", "fe80::2");
    const set = flow(workloads, workloads, { service: listenerReport });
    expect(expansion.productsOf(set)).toEqual([]);
    const both = expansion.productsOf({ ...set, service: anyService });
    expect(both.length).toBe(1);
    expect(expansion.productsOf({ ...set, service: both[0]?.service ?? anyService })).toEqual(both);
  });

  test("elsewhere it is an ordinary flow", () => {
    const set = flow(workloads, workloads, { service: listenerReport });
    expect(two("fd00::1", "fe80::2").productsOf(set).length).toBe(1);
    expect(two("fd00::1", "fd00::2").productsOf(set).length).toBe(1);
    const [one, other] = two("fd00::1", "fe80::2").productsOf(set);
    const expansion = two("fd00::1", "fe80::2");
    expect(other).toBeUndefined();
    expect(one && [...members(expansion.search.startingAt(one))]).toEqual([0, 1]);
  });

  test("towards multicast of the link only link-local sources are exempt", () => {
    const expansion = two("fd00::1", "fe80::2");
    const group = networks("ff02::/16");
    const products = expansion.productsOf(flow(workloads, group, { service: listenerReport }));
    const starts = products.flatMap((one) => [...members(expansion.search.startingAt(one))]);
    expect(starts).toEqual([0]);
  });
});

describe("outside", () => {
  test("a range that is all managed holds nobody outside", () => {
    const { search } = two("10.0.0.2", "10.0.0.3");
    const range = (text: string) => addressSet([cidr(text)]);
    expect(search.hasExternal(range("10.0.0.2/31"))).toBe(false);
    expect(search.hasExternal(range("10.0.0.2/32"))).toBe(false);
    expect(search.hasExternal(range("10.0.0.0/30"))).toBe(true);
    expect(search.hasExternal(range("fd00::/128"))).toBe(true);
    const six = two("fd00::ffff:ffff", "fd00::1:0:0").search;
    expect(six.hasExternal(addressSet([cidr("fd00::ffff:ffff"), cidr("fd00::1:0:0")]))).toBe(false);
  });

  test("an address managed in one realm is outside in another", () => {
    const { search, productsOf } = two("10.0.0.2", "10.0.0.9@plant");
    expect(search.hasExternal(addressSet([cidr("10.0.0.2/32")]))).toBe(true);
    const [only, more] = productsOf(flow(networks("10.0.0.2/32"), workloads));
    expect(more).toBeUndefined();
    // w0 in `default` is alone there; the address as a stranger's meets w1 in `plant`.
    expect(only && [...members(search.endingAt(only))]).toEqual([1]);
  });

  test("two external ends, one workload with itself and other realms make no flow", () => {
    expect(two("10.0.0.1", "10.0.0.2").productsOf(flow(outside, outside))).toEqual([]);
    expect(two("10.0.0.1").productsOf(flow(workloads, workloads))).toEqual([]);
    expect(two("10.0.0.1", "10.0.0.2@plant").productsOf(flow(workloads, workloads))).toEqual([]);
    expect(two("10.0.0.1", "fd00::1").productsOf(flow(workloads, workloads))).toEqual([]);
  });
});

test("a workload without addresses stands in `default`, in both families, in no network", () => {
  const expansion = expand(model(), inventory(workload("a", { env: "prod" }, [])));
  const { endpoints, groups } = expansion.universe;
  expect(endpoints.map(({ family, realm, address }) => [family, realm, address])).toEqual([
    [4, "default", undefined],
    [6, "default", undefined],
  ]);
  expect(groups.map(({ realm, family }) => `${realm} ${family}`)).toEqual([
    "default 4",
    "default 6",
  ]);
  const held = (...texts: string[]) => [...members(expansion.extentOf(networks(...texts)).managed)];
  expect(held("0.0.0.0/1", "240.0.0.0/4")).toEqual([]);
  expect(held("0.0.0.0/0")).toEqual([0]);
  expect(held("::/0")).toEqual([1]);
});

test("equal rows are one object, so that stages may remember by identity", () => {
  const { extentOf } = two("10.0.0.1", "10.0.0.2");
  const prod = extentOf(where(is(env, "prod"))).managed;
  expect(extentOf(where(is(env, "prod", "staging"))).managed).toBe(prod);
  expect(extentOf(union(networks("10.0.0.1/32"), workloads)).managed).toBe(prod);
});

test("a program kept out of a set stays a condition on the process", () => {
  const hosts = inventory(
    workload("a", { env: "prod", app: "crm" }, ["10.0.0.1"]),
    workload("b", { env: "prod" }, ["10.0.0.2"], { platform: "windows" }),
  );
  const report = program("report", { linux: { unit: "report.service" } });
  const { extentOf } = expand(model(), hosts);
  const terms = (set: Parameters<typeof extentOf>[0]) =>
    extentOf(set).terms.map(({ managed, include, exclude }) => ({
      managed: [...members(managed)],
      include: include.map(({ key }) => key),
      exclude: exclude.map(({ key }) => key),
    }));
  expect(terms(except(workloads, at(report, workloads)))).toEqual([
    { managed: [0], include: [], exclude: ["report"] },
    { managed: [1], include: [], exclude: [] },
  ]);
  expect(terms(both(at(report, workloads), where(is(app, "crm"))))).toEqual([
    { managed: [0], include: ["report"], exclude: [] },
  ]);
  expect(terms(except(at(report, workloads), at(report, workloads)))).toEqual([]);
  expect(terms(union(at(report, workloads), workloads))).toEqual([
    { managed: [0, 1], include: [], exclude: [] },
  ]);
});
