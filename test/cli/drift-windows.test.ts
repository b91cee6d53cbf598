// `segc drift --target windows`: exports of hosts against the policy of now.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keepsToSchema } from "./output-schema.ts";
import { folderWith, segc } from "./run-segc.ts";

const host = (name: string, ip: string) => `- name: ${name}
  platform: windows
  labels: { role: ${name} }
  addresses: [${ip}]
  enforcers: [{ kind: windows-firewall, id: host, directions: [ingress, egress] }]
`;

const project = {
  "segc.yaml": "edition: 1\nmodules: { lab: lab.seg }\ninventory: hosts.yaml\n",
  "hosts.yaml": host("desk", "10.0.0.1") + host("db", "10.0.0.2"),
  "lab.seg":
    "module lab root\nlabel role: enum { desk, db }\nallow q = workloads where role is desk -> workloads where role is db : tcp/1433\n",
};

/** The registry files that a compile made, as if exported from the hosts. */
async function exported(...names: readonly string[]) {
  const folder = folderWith(project);
  await segc(folder, ["compile", "--out", "out"]);
  const { artefacts } = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
  mkdirSync(join(folder, "live"));
  for (const { id, workloads } of artefacts) {
    for (const name of workloads) {
      if (!names.includes(name)) continue;
      const text = readFileSync(join(folder, `out/windows/${id}/rules.reg`), "utf8");
      writeFileSync(join(folder, `live/${name}.reg`), text);
    }
  }
  const edit = (name: string, change: (text: string) => string) => {
    const path = join(folder, `live/${name}`);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  };
  return { folder, edit };
}

const drift = ["drift", "--target", "windows", "--live", "live"];

describe("drift of hosts with Windows", () => {
  test("is none where they have what was compiled", async () => {
    const { folder } = await exported("desk", "db");
    expect(await segc(folder, drift)).toEqual({
      status: 0,
      out: "ok: 2 hosts have in force what the policy says, as of 2026-11-23\n",
      err: "",
    });
  });

  test("tells flows, and hosts that nothing is known of", async () => {
    const { folder, edit } = await exported("db");
    edit("db.reg", (text) => text.replace("LPort=1433", "LPort=1434"));
    const { status, out } = await segc(folder, drift);
    expect(status).toBe(1);
    expect(
      out,
    ).toBe(`opened  db: desk -> db : tcp/1434 is refused by the policy and accepted by the host
closed  db: desk -> db : tcp/1433 is allowed by the policy and dropped by the host
no export of desk
not what the policy says, as of 2026-11-23
`);
    const json = JSON.parse((await segc(folder, [...drift, "--format", "json"])).out);
    expect([keepsToSchema(json), keepsToSchema.errors]).toEqual([true, null]);
    expect(json.problems).toEqual(["no export of desk"]);
    expect(json.drifts[0]).toMatchObject({ kind: "opened", workload: "db" });
  });

  test.each([
    ["text", "x.reg", "is no export of the registry, policy file or list of rules"],
    ["nothing", "", ""],
  ])("says what is wrong with %s", async (_, name, words) => {
    const { folder } = await exported();
    if (name !== "") writeFileSync(join(folder, "live/db.reg"), "hello");
    const { status, out, err } = await segc(folder, drift);
    expect([status, out + err]).toEqual(
      name === ""
        ? [3, expect.stringContaining("`live` holds no export of a workload")]
        : [1, expect.stringContaining(`db.reg ${words}`)],
    );
  });

  test("needs to know where exports are", async () => {
    const { folder } = await exported();
    const { status, err } = await segc(folder, ["drift", "--target", "windows"]);
    expect([status, err]).toEqual([3, expect.stringContaining("`--live DIR`")]);
  });
});
