// The import table of ARCHITECTURE.md, as rules.
const rooms = (...names) => `^(${names.join("|")})/`;

/** A room may import only itself, the rooms named, and the packages named. */
function only(name, from, allowedRooms, allowedPackages = []) {
  const allowed = [from, ...allowedRooms].map((room) => `^${room}(/|\\.ts$)`);
  const packages = allowedPackages.map((name) => `^node_modules/${name}/|^${name}$`);
  return [
    {
      name: `${name}-rooms`,
      severity: "error",
      from: { path: `^${from}/` },
      to: { pathNot: [...allowed, "node_modules"], dependencyTypesNot: ["core", "npm", "npm-dev"] },
    },
    {
      name: `${name}-packages`,
      severity: "error",
      from: { path: `^${from}/` },
      to: { path: "node_modules", ...(packages.length ? { pathNot: packages } : {}) },
    },
  ];
}

const pure = rooms(
  "diagnostics",
  "grammar",
  "compiler",
  "targets",
  "lint",
  "learn",
  "report",
  "project",
  "library",
);
const stages = [
  "sets",
  "bdd",
  "model",
  "inventory",
  "extent",
  "semantics",
  "guard",
  "plan",
  "minimise",
  "verify",
  "diff",
];

/** Inside `compiler`, a stage may import only earlier stages. */
const stageOrder = stages.map((stage, index) => ({
  name: `stage-order-${stage}`,
  severity: "error",
  comment: "stages of the compiler import only earlier stages",
  from: { path: `^compiler/${stage}/` },
  to: {
    path: rooms(...stages.slice(index + 1).map((later) => `compiler/${later}`)),
    // What an enforcer can see is part of the meaning (language.md 7, "Enforcers of a flow").
    pathNot: "^compiler/plan/target\\.ts$",
    dependencyTypesNot: ["type-only"],
  },
}));

export default {
  forbidden: [
    ...only("diagnostics", "diagnostics", []),
    ...only("grammar", "grammar", ["diagnostics"], ["chevrotain"]),
    ...only("compiler", "compiler", ["grammar", "diagnostics"]),
    ...only("targets", "targets", ["compiler", "grammar", "diagnostics"]),
    ...only("lint", "lint", ["compiler", "grammar", "diagnostics"]),
    ...only("learn", "learn", ["compiler", "grammar", "diagnostics"]),
    ...only("report", "report", ["compiler", "lint", "diagnostics", "grammar"], ["@types/sarif"]),
    ...only(
      "project",
      "project",
      ["grammar", "compiler", "diagnostics"],
      ["yaml", "csv-parse", "jsonc-parser"],
    ),
    {
      name: "pure-rooms-use-no-node",
      severity: "error",
      from: { path: [pure, "^index\\.ts$"] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "semantics-is-a-witness",
      severity: "error",
      comment: "only library, guard, verify and tests may lean on the naive meaning",
      from: {
        path: "^(compiler|targets|lint|learn|report|project|host|cli)/",
        pathNot: "^compiler/(semantics|guard|verify)/",
      },
      to: { path: "^compiler/semantics/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "targets-are-strangers",
      severity: "error",
      comment: "targets/linux is no target: what nftables and iptables hosts have in common",
      from: { path: "^targets/([^/]+)/" },
      to: { path: "^targets/([^/]+)/", pathNot: "^targets/($1|linux)/" },
    },
    { name: "host-not-cli", severity: "error", from: { path: "^host/" }, to: { path: "^cli/" } },
    {
      name: "chevrotain-in-grammar-only",
      severity: "error",
      from: { pathNot: "^(grammar|test|bench)/" },
      to: { path: "node_modules/chevrotain" },
    },
    {
      name: "witness-is-a-stranger",
      severity: "error",
      comment:
        "who judges the Windows artefacts shares no code, and so no mistake, with the product",
      from: { path: "^test/windows/witness/" },
      to: {
        pathNot: ["^test/windows/witness/", "node_modules"],
        dependencyTypesNot: ["core", "npm", "npm-dev"],
      },
    },
    {
      name: "interpreter-is-a-stranger",
      severity: "error",
      comment: "the judge of the verifier shares no code, and so no mistake, with the product",
      from: { path: "^test/interpreter/" },
      to: {
        pathNot: ["^test/interpreter/", "node_modules"],
        dependencyTypesNot: ["core", "npm", "npm-dev"],
      },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    ...stageOrder,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    // Packages that export for `import` alone would otherwise not be found.
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
    exclude: { path: "^(dist|out)/" },
  },
};
