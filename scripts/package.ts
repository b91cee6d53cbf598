// The checkout -> the npm package: JavaScript and declarations instead of TypeScript (Node strips
// no types inside node_modules), and a package.json without what only a checkout needs.
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { bundlePackage } from "./package-code.ts";
import { keepReached } from "./package-declarations.ts";
import { licenceTexts } from "./package-licences.ts";

const runQuietly = promisify(execFile);
const folder = "dist/package";

/** Copied as they are: the program reads some of them when it runs. */
const assets = [
  "schemas",
  "docs",
  "examples",
  "integrations",
  "action.yml",
  ".pre-commit-hooks.yaml",
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "LICENSE",
];

/** Fields of the checkout's package.json that a user of the package has no use for. */
const checkoutOnly = ["dependencies", "optionalDependencies", "devDependencies", "scripts"];

/** Builds `dist/package` and packs it; returns the path of the tarball. */
export async function buildPackage(): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run("tsc", ["-p", "tsconfig.build.json"]);
  const missing = await keepReached(folder, "index.d.ts");
  if (missing.length > 0) throw new Error(`the declarations name ${missing.join(", ")}`);
  const libraries = await bundlePackage(folder);
  await writeFile(`${folder}/LIBRARIES.md`, await licenceTexts(libraries));
  for (const asset of assets) await cp(asset, `${folder}/${asset}`, { recursive: true });
  await writeFile(`${folder}/package.json`, await publishedManifest());
  const { stdout } = await run("npm", [
    "pack",
    `./${folder}`,
    "--pack-destination",
    "dist",
    "--json",
    "--ignore-scripts",
    "--offline",
  ]);
  return `dist/${packedName(stdout)}`;
}

/** `npm pack --json` prints a list up to npm 11 and an object by package name from npm 12 on. */
function packedName(stdout: string): string {
  const printed: unknown = JSON.parse(stdout);
  const [first] = Object.values(Object(printed));
  const name = Object(first).filename;
  if (typeof name !== "string") throw new Error(`npm pack printed no file name: ${stdout}`);
  return name;
}

async function publishedManifest(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile("package.json", "utf8"));
  const kept = Object.entries(Object(manifest)).filter(([field]) => !checkoutOnly.includes(field));
  const published = {
    ...Object.fromEntries(kept),
    bin: { segc: "cli/main.js" },
    exports: {
      ".": { types: "./index.d.ts", default: "./index.js" },
      "./package.json": "./package.json",
    },
  };
  return `${JSON.stringify(published, undefined, 2)}\n`;
}

/** Runs a program; what it printed becomes part of the error when it fails. */
async function run(program: string, args: readonly string[]) {
  return runQuietly(program, args).catch((failure: unknown) => {
    const { message, stdout = "", stderr = "" } = Object(failure);
    throw new Error(`${message}\n${stdout}${stderr}`);
  });
}

if (import.meta.main) console.log(await buildPackage());
