// The source -> the published JavaScript: one file for each verb and for what verbs share, with the
// libraries in it. A program of few files starts sooner (`npm run bench -- start`), and `npx segc`
// fetches one package.
import { type BuildOptions, build } from "esbuild";

/** Writes the command and the library below `folder`; returns the folders of all packages that are in them. */
export async function bundlePackage(folder: string): Promise<readonly string[]> {
  const common = {
    outdir: folder,
    bundle: true,
    format: "esm",
    mainFields: ["module", "main"] as string[], // esbuild asks for a list that it might change
    legalComments: "none",
    metafile: true,
    logLevel: "silent",
  } as const satisfies BuildOptions;
  const command = await build({
    ...common,
    entryPoints: { "cli/main": "cli/main.ts" },
    // Beside the command, so that the code finds the package's other files where it does in a checkout.
    chunkNames: "cli/[name]-[hash]",
    splitting: true,
    platform: "node",
    target: "node22.18",
    external: ["@aws-sdk/*"],
    // For libraries that are no ES modules and ask for modules of Node.
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module";\nconst require = $createRequire(import.meta.url);',
    },
  });
  // The library does no I/O and runs in browsers too: nothing of Node may be in it.
  const library = await build({
    ...common,
    entryPoints: { index: "index.ts" },
    platform: "browser",
    target: "es2023",
  });
  const inputs = [command, library].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = inputs.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}
