// Results of the tests written in the policy, for people and as data.
import type { TestResult } from "../compiler/guard/policy-tests.ts";
import { escapeText } from "../diagnostics/render-display.ts";
import { placeJson } from "../diagnostics/render-json.ts";
import type { Style } from "../diagnostics/render-style.ts";
import { placeOf } from "../diagnostics/render-text.ts";
import { counted } from "./counted.ts";

/** One line per test; the assertions only where one fails. Causes stand in the diagnostics. */
export function testLines(tests: readonly TestResult[], style: Style): readonly string[] {
  return tests.flatMap((test) => {
    const verdict = test.passed ? style.help("pass") : style.error("FAIL");
    const title = `${verdict}  ${escapeText(test.title)}`;
    const failing = test.assertions.filter((assertion) => assertion.failure !== undefined);
    return [
      `${title} ${style.faint(`(${counted(test.assertions.length, "assertion")})`)}`,
      ...failing.map(
        ({ expect, text, span }) =>
          `      not ${expect}: ${escapeText(text)} ${style.faint(`at ${placeOf(span)}`)}`,
      ),
    ];
  });
}

/** `2 tests passed, 1 failed`. */
export function testSummary(tests: readonly TestResult[]): string {
  if (tests.length === 0) return "the policy has no tests";
  const failed = tests.filter((test) => !test.passed).length;
  const passed = `${counted(tests.length - failed, "test")} passed`;
  return failed === 0 ? passed : `${passed}, ${failed} failed`;
}

/** The same as data. */
export function testsJson(tests: readonly TestResult[]) {
  return tests.map(({ title, module, span, passed, assertions }) => ({
    title,
    module,
    place: placeJson(span),
    passed,
    assertions: assertions.map((assertion) => ({
      expect: assertion.expect,
      text: assertion.text,
      place: placeJson(assertion.span),
      flows: assertion.flows,
      passed: assertion.failure === undefined,
    })),
  }));
}
