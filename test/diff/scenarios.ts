// What people do in pull requests to `examples/crm`, as edits of its files.
type Edit = (files: Map<string, string>) => void;

export interface Scenario {
  readonly title: string;
  readonly edit: Edit;
}

function change(
  path: string,
  ...steps: readonly (readonly [from: string | RegExp, to: string])[]
): Edit {
  return (files) => {
    let text = files.get(path) ?? "";
    for (const [from, to] of steps) {
      const next = text.replace(from, to);
      if (next === text) throw new Error(`${path} has no ${from}`);
      text = next;
    }
    files.set(path, text);
  };
}

/** Statements from last to first: each begins at the margin, and comments go with what they stand above. */
function reversed(text: string): string {
  const blocks: string[] = [];
  for (const block of text.split(/\n(?=[a-z#])/)) {
    const isBelowComment = blocks
      .at(-1)
      ?.split("\n")
      .every((line) => /^(#|$)/.test(line));
    if (isBelowComment === true) blocks.push(`${blocks.pop()}\n${block}`);
    else blocks.push(block);
  }
  const isHead = (block: string) => /^(module|import)\b/m.test(block);
  const rest = blocks.filter((block) => !isHead(block)).map((block) => block.trimEnd());
  return `${[...blocks.filter(isHead), ...rest.reverse()].join("\n")}\n`;
}

export const scenarios: readonly Scenario[] = [
  {
    title: "reorders everything",
    edit: (files) => {
      for (const path of ["org.seg", "core.seg", "crm.seg"]) {
        files.set(path, reversed(files.get(path) ?? ""));
      }
      const hosts = (files.get("inventory/hq.yaml") ?? "").split(/(?=^- name)/m);
      files.set("inventory/hq.yaml", [...hosts.slice(0, 1), ...hosts.slice(1).reverse()].join(""));
    },
  },
  {
    title: "adds one innocent rule",
    edit: change("crm.seg", [
      "allow mail-out",
      "allow metrics-out = prod.batch -> prod.api : tcp/9464\nallow mail-out",
    ]),
  },
  {
    title: "exposes ssh through a template argument",
    edit: (files) => {
      change(
        "crm.seg",
        [
          "use prod = tiers(e: prod, front: app-port)",
          "use prod = tiers(e: prod, front: app-port, public: https)",
        ],
        [
          "use staging = tiers(e: staging, front: app-port)",
          "use staging = tiers(e: staging, front: app-port, public: ssh)",
        ],
        [
          "template tiers(e: env, front: service)",
          "template tiers(e: env, front: service, public: service)",
        ],
        ["  allow web-to-api", "  allow public-in = outside -> web : $public\n  allow web-to-api"],
        ["allow public-in = outside -> prod.web : https { log new }\n", ""],
      )(files);
      change(
        "org.seg",
        [
          "delegate ingress of (workloads where app is crm and role is web) with outside : tcp/443 to { crm }",
          "delegate ingress of (workloads where app is crm and role is web) with outside : { tcp/22, tcp/443 } to { crm }",
        ],
        [
          "never open-admin = outside -> workloads : { tcp/22, tcp/3389, tcp/5985-5986 } {",
          "never open-admin = outside -> workloads : { tcp/3389, tcp/5985-5986 } {",
        ],
      )(files);
    },
  },
  {
    title: "relabels one workload in the inventory",
    edit: change("inventory/hq.yaml", [
      "site: hq, os: linux, role: bastion",
      "site: hq, os: linux, role: monitor",
    ]),
  },
  {
    title: "removes an enforcer",
    edit: change("inventory/hq.yaml", [/(- name: hr-db-1[\s\S]*?enforcers: ).*/, "$1[]"]),
  },
];
