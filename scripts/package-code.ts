// The source -> the published JavaScript: one file for each verb and for what verbs share, with the
// libraries in it. A program of few files starts sooner (`npm run bench -- start`), and `npx segc`
// fetches one package.
import { type BuildOptions, build } from "esbuild";

/** For libraries that are no ES modules and ask for modules of Node. */
const banner = {
  js: 'import { createRequire as $createRequire } from "node:module";\nconst require = $createRequire(import.meta.url);',
};

const common = {
  bundle: true,
  format: "esm",
  mainFields: ["module", "main"] as string[], // esbuild asks for a list that it might change
  legalComments: "none",
  metafile: true,
  logLevel: "silent",
} as const satisfies BuildOptions;

const forNode = {
  platform: "node",
  target: "node22.18",
  external: ["@aws-sdk/*"] as string[],
  banner,
} as const satisfies BuildOptions;

/** Writes the command with all its verbs as one file, for what fetches no package: `action.yml`. */
export async function bundleOneFile(path: string): Promise<void> {
  await build({
    ...common,
    ...forNode,
    entryPoints: ["cli/main.ts"],
    outfile: path,
    minifyWhitespace: true,
    minifySyntax: true,
  });
}

/** Writes the command and the library below `folder`; returns the folders of all packages that are in them. */
export async function bundlePackage(folder: string): Promise<readonly string[]> {
  const command = await build({
    ...common,
    ...forNode,
    outdir: folder,
    entryPoints: { "cli/main": "cli/main.ts" },
    // Beside the command, so that the code finds the package's other files where it does in a checkout.
    chunkNames: "cli/[name]-[hash]",
    splitting: true,
  });
  await bundleOneFile(`${folder}/integrations/segc.mjs`);
  // The library does no I/O and runs in browsers too: nothing of Node may be in it.
  const library = await build({
    ...common,
    outdir: folder,
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
