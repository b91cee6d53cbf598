// Checks and lints the project in the folder given, once, and prints how long either took, and what
// lint found. Run as a child, so that nothing else counts.
import { nodeFiles } from "../host/node-files.ts";
import { check, lint } from "../index.ts";
import { lintRules } from "../lint/index.ts";

const [folder = ".", ...only] = process.argv.slice(2);
const rules = only.length === 0 ? lintRules : lintRules.filter(({ code }) => only.includes(code));
const options = { now: "2026-11-23", since: () => "2026-01-01" };
const timed = <T>(run: () => T) => {
  const started = performance.now();
  const result = run();
  return { ms: performance.now() - started, result };
};
// In a fresh process the first of the two reads and compiles what both need.
const linted = timed(() => lint(nodeFiles(folder), { ...options, rules }));
const checked = timed(() => check(nodeFiles(folder), options));
const { diagnostics, model } = linted.result;
const [firstError] = diagnostics.filter(({ severity }) => severity === "error");
console.log(
  JSON.stringify({
    lintMs: linted.ms,
    checkMs: checked.ms,
    rules: model.rules.length,
    found: Object.fromEntries(
      [...Map.groupBy(diagnostics, ({ code }) => code)].map(([code, all]) => [code, all.length]),
    ),
    firstError: firstError?.message,
  }),
);
