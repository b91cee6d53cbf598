#!/usr/bin/env node
// The command in a checkout. Plain JavaScript, so that a Node too old to read TypeScript can still
// say so in one line; `npx segc` finds the Node that `npm ci` installed. The published package
// starts at main.js instead. The compile cache is on before the first TypeScript file is read:
// otherwise that one file alone would load the whole type stripper.
import module from "node:module";

if (process.features.typescript) {
  module.enableCompileCache();
  await import("./main.ts");
} else {
  process.stderr.write(
    `segc needs Node 22.18 or later, and this is Node ${process.versions.node}; ` +
      "run it as `npx segc` after `npm ci`\n",
  );
  process.exitCode = 3;
}
