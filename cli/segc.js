#!/usr/bin/env node
// The command in a checkout. Plain JavaScript, so that a Node too old to read TypeScript can still
// say so in one line; `npx segc` finds the Node that `npm ci` installed. The published package
// starts at main.js instead.
import module from "node:module";

if (process.features.typescript) {
  // Before the first TypeScript file: else that one file alone would load the type stripper.
  module.enableCompileCache();
  module.registerHooks({ resolve: resolveQuickly });
  await import("./main.ts");
} else {
  process.stderr.write(
    `segc needs Node 22.18 or later, and this is Node ${process.versions.node}; ` +
      "run it as `npx segc` after `npm ci`\n",
  );
  process.exitCode = 3;
}

/**
 * Our own files name each other exactly, so there is nothing to look for on the disk: for the
 * two hundred of them that saves a tenth of the time that `segc check` takes to start. So do the
 * seventy of the YAML parser. The other parser brings itself in one file too, beside the fifty that
 * its name stands for: another tenth.
 */
function resolveQuickly(specifier, context, next) {
  if (specifier === "chevrotain") {
    const url = new URL("../node_modules/chevrotain/lib/chevrotain.mjs", import.meta.url).href;
    return { url, format: "module", shortCircuit: true };
  }
  const format = formatOf(specifier, context.parentURL);
  if (format === undefined) return next(specifier, context);
  return { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true };
}

function formatOf(specifier, parent) {
  if (!specifier.startsWith(".")) return undefined;
  if (specifier.endsWith(".ts")) return "module-typescript";
  const isYaml = specifier.endsWith(".js") && parent.includes("/node_modules/yaml/dist/");
  return isYaml ? "commonjs" : undefined;
}
