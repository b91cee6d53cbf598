// Compiles the project in the folder given for all targets it has hosts of, once, with its proofs, and prints how long
// that took, what came out, and the most memory the process ever held. Run as a child, so that
// nothing else counts.
import { nodeFiles } from "../host/node-files.ts";
import { compile } from "../index.ts";
import { identityClasses } from "./identity-classes.ts";

const [folder = "."] = process.argv.slice(2);
const started = performance.now();
const { checked, diagnostics, compiled } = compile(nodeFiles(folder), { now: "2026-11-23" });
const compileMs = performance.now() - started;
const { user, system } = process.cpuUsage();
const peakKib = process.resourceUsage().maxRSS;
const errors = diagnostics.filter(({ severity }) => severity === "error");
const entries = compiled?.artefacts.map(({ entry }) => entry) ?? [];
const sum = (key: "bytes" | "rules" | "elements") =>
  entries.reduce((total, entry) => total + entry[key], 0);
console.log(
  JSON.stringify({
    compileMs,
    cpuMs: (user + system) / 1000,
    peakKib,
    classes: identityClasses(checked),
    artefacts: entries.length,
    notOptimal: entries.filter(({ minimised }) => minimised?.optimal === false).length,
    megabytes: sum("bytes") / 1e6,
    rules: sum("rules"),
    elements: sum("elements"),
    errors: errors.length,
    firstError: errors[0]?.message,
  }),
);
