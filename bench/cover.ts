// `node bench/cover.ts`: covers by products of planted and structured relations, each verified by
// the independent checker. Milliseconds are of processor time, all threads together, so that what
// else runs on the machine counts little; the budget is in the same. The last line is the most
// memory held.
import { type CoverCertificate, checkCover, productCover } from "../index.ts";
import {
  firewall,
  type Organisation,
  organisation,
  type Planting,
  planted,
  type Shape,
} from "./relations.ts";

const budgetMs = 2_000;

const plain: Organisation = {
  users: 2_000,
  permissions: 1_200,
  departments: 20,
  jobsPerDepartment: 5,
  common: 10,
  perDepartment: 15,
  perJob: 12,
  crossRoles: 20,
  perCrossRole: 12,
  secondJob: 0.1,
  grants: 0.15,
};
const narrow: Planting = { size: 500, products: 60, sideMin: 3, sideMax: 15 };
const wide: Planting = { size: 500, products: 60, sideMin: 20, sideMax: 100 };

const instances: readonly (readonly [name: string, make: () => Shape])[] = [
  ["planted, at most 15 x 15, 60", () => planted(narrow, 1)],
  ["planted, at most 15 x 15, 120", () => planted({ ...narrow, products: 120 }, 2)],
  ["planted, 15 x 15, 60", () => planted({ ...narrow, sideMin: 15 }, 3)],
  ["planted, 20-100 wide, 60, a", () => planted(wide, 4)],
  ["planted, 20-100 wide, 60, b", () => planted(wide, 5)],
  ["planted, 20-100 wide, 60, c", () => planted(wide, 6)],
  ["roles: one site", () => organisation({ ...plain, users: 80, permissions: 230 }, 11)],
  ["roles: subsidiary", () => organisation({ ...plain, users: 2_044, permissions: 1_164 }, 12)],
  [
    "roles: few users",
    () => organisation({ ...plain, users: 35, permissions: 3_046, perJob: 300 }, 13),
  ],
  [
    "roles: company",
    () =>
      organisation(
        { ...plain, users: 3_477, permissions: 1_587, departments: 40, perJob: 20, common: 20 },
        14,
      ),
  ],
  [
    "roles: large company",
    () =>
      organisation(
        {
          ...plain,
          users: 3_500,
          permissions: 10_000,
          departments: 50,
          jobsPerDepartment: 8,
          common: 30,
          perDepartment: 40,
          perJob: 40,
          crossRoles: 60,
          perCrossRole: 30,
        },
        15,
      ),
  ],
  [
    "roles: many users",
    () =>
      organisation(
        { ...plain, users: 10_000, permissions: 277, perJob: 6, perDepartment: 4, common: 5 },
        16,
      ),
  ],
  [
    "firewall: branch",
    () => firewall({ clients: 64, services: 60, rules: 80, groups: 15, single: 0.4 }, 100),
  ],
  [
    "firewall: office",
    () => firewall({ clients: 365, services: 709, rules: 150, groups: 20, single: 0.4 }, 106),
  ],
  [
    "firewall: data centre",
    () => firewall({ clients: 325, services: 590, rules: 60, groups: 10, single: 0.3 }, 23),
  ],
  [
    "firewall: campus",
    () => firewall({ clients: 2_000, services: 400, rules: 250, groups: 30, single: 0.5 }, 100),
  ],
];

const headings = [
  "relation",
  "rows",
  "columns",
  "edges",
  "products",
  "bound",
  "optimal",
  "ms",
  "searched",
  "checked",
];
const table = instances.map(([name, make]) => measured(name, make()));
print([headings, ...table]);
console.log(`\nmost memory held: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);

function measured(name: string, { rows, columns, cells }: Shape): readonly string[] {
  const pairs = [...cells].flatMap((cell) => [Math.floor(cell / columns), cell % columns]);
  const input = { rows, columns, edges: Uint32Array.from(pairs), budgetMs, now: processorMs };
  const started = processorMs();
  const result = productCover(input);
  const ms = processorMs() - started;
  const check = checkCover(input, result);
  return [
    name,
    ...[rows, columns, cells.size, result.products.length, result.lowerBound].map(String),
    result.optimal ? "yes" : "no",
    ms.toFixed(0),
    String(edgesSearched(result.certificate)),
    check.ok ? "ok" : check.problem,
  ];
}

/** Edges of the kernels for which the certificate records a search or weights. */
function edgesSearched(certificate: CoverCertificate): number {
  if (certificate.kind === "fooling-set") return 0;
  return certificate.kernels.reduce((sum, { edges }) => sum + edges.length, 0);
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function print(lines: readonly (readonly string[])[]): void {
  const widths = headings.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  for (const line of lines) {
    const cells = line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    console.log(cells.join("  "));
  }
}
