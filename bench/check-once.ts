// Checks the project in the folder given, once, and prints how long that took and the most memory
// the process ever held. Run as a child, so that nothing else counts.
import { nodeFiles } from "../host/node-files.ts";
import { check } from "../index.ts";

const [folder = "."] = process.argv.slice(2);
const started = performance.now();
const { diagnostics, model, inventory } = check(nodeFiles(folder), { now: "2026-11-23" });
const checkMs = performance.now() - started;
const errors = diagnostics.filter((each) => each.severity === "error");
console.log(
  JSON.stringify({
    checkMs,
    peakKib: process.resourceUsage().maxRSS,
    workloads: inventory.workloads.length,
    segments: model.segments.length,
    rules: model.rules.length,
    errors: errors.length,
    firstError: errors[0]?.message,
  }),
);
