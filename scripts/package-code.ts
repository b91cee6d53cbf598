// The source -> the published JavaScript: one file for each verb and for what verbs share, with the
// libraries in it. A program of few files starts sooner (`npm run bench -- start`), and `npx segc`
// fetches one package.
import { build } from "esbuild";

/** Writes the command and the library below `folder`; returns the folders of all packages that are in them. */
export async function bundlePackage(folder: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: { "cli/main": "cli/main.ts", index: "index.ts" },
    outdir: folder,
    // Beside the command, so that the code finds the package's other files where it does in a checkout.
    chunkNames: "cli/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.18",
    mainFields: ["module", "main"],
    external: ["@aws-sdk/*"],
    // For libraries that are no ES modules and ask for modules of Node.
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module";\nconst require = $createRequire(import.meta.url);',
    },
    legalComments: "none",
    metafile: true,
    logLevel: "silent",
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}
