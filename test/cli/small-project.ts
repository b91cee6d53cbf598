// A project that holds, and ways to spoil it.

export const policy = `module app root
label tier: enum { web, db }
segment web = workloads where tier is web
segment db = workloads where tier is db

allow web-to-db = web -> db : tcp/5432
allow vendor = web -> db : tcp/22 { until 2026-12-15 }

test "the web may read" {
  allowed web -> db : tcp/5432
}
`;

const workload = (name: string, tier: string, address: string) => `- name: ${name}
  platform: linux
  labels: { tier: ${tier} }
  addresses: ["${address}"]
  enforcers: [{ kind: nftables, id: host, directions: [ingress, egress] }]
`;

export const smallProject: Readonly<Record<string, string>> = {
  "segc.yaml": "edition: 1\nmodules:\n  app: app.seg\ninventory: hosts.yaml\n",
  "app.seg": policy,
  "hosts.yaml": workload("web-1", "web", "10.0.0.1") + workload("db-1", "db", "10.0.0.2"),
};

/** The project with one file changed. */
export function spoilt(path: string, change: (text: string) => string) {
  return { ...smallProject, [path]: change(smallProject[path] ?? "") };
}
