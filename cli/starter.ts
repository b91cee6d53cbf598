// What `segc init` writes: one module, a policy that fits on a screen, two guardrails, one test.

const policy = `module app root

label tier: enum { web, api, db, admin }

segment web = workloads where tier is web
segment api = workloads where tier is api
segment db = workloads where tier is db
segment admin = workloads where tier is admin

# Everything that is not allowed is refused.
allow public = outside -> web : tcp/443 { because "the shop is for everybody" }
allow web-to-api = web -> api : tcp/8080
allow api-to-db = api -> db : tcp/5432
allow ssh-in = admin -> workloads except admin : tcp/22

# A promise about every later change of this file: it fails the build when it breaks.
never exposed-data = outside -> { api, db } : any-service {
  because "data is reachable through the web tier only"
}

# And one the other way round: administrators keep their access.
always admin-reach = admin -> workloads except admin : tcp/22

test "nobody skips a tier" {
  allowed web -> api : tcp/8080
  denied web -> db : any-service
}
`;

const workload = (name: string, tier: string, host: number) => `- name: ${name}
  platform: linux
  labels: { tier: ${tier} }
  addresses: ["10.0.0.${host}", "fd00::${host}"]
  enforcers: [{ kind: nftables, id: host, directions: [ingress, egress] }]
`;

const inventory = `# What the policy is applied to. Usually a machine writes this file, as YAML, JSON or CSV.
${workload("web-1", "web", 11)}${workload("api-1", "api", 21)}${workload("db-1", "db", 31)}${workload("admin-1", "admin", 41)}`;

const project = `edition: 1
modules:
  app: policy.seg
inventory: inventory.yaml
`;

/** By name, in the order in which a newcomer reads them. */
export const starterFiles: Readonly<Record<string, string>> = {
  "policy.seg": policy,
  "inventory.yaml": inventory,
  "segc.yaml": project,
};
