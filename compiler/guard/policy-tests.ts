// Tests written in the policy (language.md section 7, "Tests"): every assertion speaks of all its
// flows, over the inventory plus the test's own fixtures.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Workload } from "../inventory/types.ts";
import type { PolicyTest, Rule, TestAssertion, TestFixture } from "../model/types.ts";
import {
  type Flow,
  flowSetMatches,
  intended,
  ruleMatches,
  type World,
} from "../semantics/semantics.ts";
import { contains, formatAddress, type IpAddress } from "../sets/address.ts";
import { describeFlow } from "./describe-flow.ts";
import { modelPrefixes } from "./endpoint-classes.ts";
import { addressPairs, flowsOf, pairAt, pairsOf, type Space, spaceOf, worldAt } from "./space.ts";

export interface AssertionResult {
  readonly expect: "allowed" | "denied";
  /** The assertion as written, one line. */
  readonly text: string;
  readonly span: Span;
  /** Flows it speaks of. */
  readonly flows: number;
  /** Undefined when it holds. */
  readonly failure: Diagnostic | undefined;
}

export interface TestResult {
  readonly title: string;
  readonly module: string;
  readonly span: Span;
  readonly passed: boolean;
  readonly assertions: readonly AssertionResult[];
  /** Of the test as a whole: it asserts nothing. */
  readonly failure: Diagnostic | undefined;
}

/** Runs every test, in the model's order. */
export function runTests(world: World): readonly TestResult[] {
  return world.model.tests.map((test) => {
    const space = spaceOf(worldWithFixtures(world, test));
    const assertions = test.assertions.map((assertion) => runAssertion(space, test, assertion));
    return {
      title: test.title,
      module: test.module.name,
      span: test.span,
      passed:
        assertions.length > 0 && assertions.every((assertion) => assertion.failure === undefined),
      assertions,
      failure:
        assertions.length > 0
          ? undefined
          : diagnose("SEG612", test.span, { test: test.title, expected: undefined }),
    };
  });
}

/** The world with the test's own workloads in it, each with fresh addresses. */
export function worldWithFixtures(world: World, test: PolicyTest): World {
  const fresh = freshAddresses(world);
  const fixtures = test.fixtures.map((fixture) => fixtureWorkload(fixture, fresh));
  return { ...world, workloads: [...world.workloads, ...fixtures] };
}

function fixtureWorkload(fixture: TestFixture, fresh: FreshAddresses): Workload {
  return {
    name: fixture.name,
    platform: fixture.platform,
    labels: fixture.labels,
    addresses: [fresh.next(4), fresh.next(6)].map((ip) => ({ ip, realm: "default" })),
    users: new Map(),
    groups: new Map(),
    launcher: "segc",
    appTags: "segc",
    interfaces: [],
    published: [],
    balancer: false,
    enforcers: [{ kind: "fixture", id: fixture.name, directions: ["egress", "ingress"] }],
    span: fixture.span,
  };
}

interface FreshAddresses {
  readonly next: (family: 4 | 6) => IpAddress;
}

/** Addresses of the benchmarking ranges (RFC 2544, RFC 5180) that nobody holds or names. */
function freshAddresses(world: World): FreshAddresses {
  const held = new Set(
    world.workloads.flatMap((workload) => workload.addresses).map(({ ip }) => formatAddress(ip)),
  );
  const named = modelPrefixes(world.model).filter((cidr) => cidr.length > 0);
  let count = 0;
  const next = (family: 4 | 6): IpAddress => {
    for (;;) {
      count++;
      const address: IpAddress =
        family === 4
          ? { family, words: [0xc612_0000 + count] }
          : { family, words: [0x2001_0002, 0, 0, count] };
      const taken = held.has(formatAddress(address));
      if (!taken && (count > 0x1_0000 || !named.some((cidr) => contains(cidr, address)))) {
        return address; // a policy that names the whole range has it named here too
      }
    }
  };
  return { next };
}

function runAssertion(space: Space, test: PolicyTest, assertion: TestAssertion): AssertionResult {
  let flows = 0;
  let failing: { readonly flow: Flow; readonly rule: Rule | undefined } | undefined;
  for (const indexes of pairsOf(space, assertion.flow)) {
    const pair = pairAt(space, indexes);
    const world = worldAt(space, pair);
    let counted: number | undefined;
    for (const flow of flowsOf(space, pair, [assertion.flow])) {
      if (!flowSetMatches(assertion.flow, flow)) continue;
      if (counted !== flow.service) flows += addressPairs(pair);
      counted = flow.service;
      if (intended(world, flow) === (assertion.expect === "allowed")) continue;
      failing ??= { flow, rule: decisiveRule(world, assertion, flow) };
    }
  }
  const { expect, span } = assertion;
  const failure = failureOf(test, assertion, flows, failing);
  return { expect, text: assertion.flow.text, span, flows, failure };
}

/** The rule that allowed what should be denied, or denied what should be allowed. */
function decisiveRule(world: World, { expect }: TestAssertion, flow: Flow): Rule | undefined {
  const effect = expect === "denied" ? "allow" : "deny";
  return world.model.rules.find(
    (rule) => !rule.staged && rule.effect === effect && ruleMatches(world, rule, flow),
  );
}

function failureOf(
  test: PolicyTest,
  { expect, span }: TestAssertion,
  flows: number,
  failing: { readonly flow: Flow; readonly rule: Rule | undefined } | undefined,
): Diagnostic | undefined {
  if (flows === 0) return diagnose("SEG612", span, { test: test.title, expected: expect });
  if (failing === undefined) return undefined;
  const { flow, rule } = failing;
  const parameters = {
    test: test.title,
    expected: expect,
    by: rule?.id,
    witness: describeFlow(flow),
  };
  const related = rule === undefined ? [] : [{ message: "this rule decides", span: rule.span }];
  return diagnose("SEG611", span, parameters, { related });
}
