// CSV inventories: columns, lists in cells, and where a fault is shown.
import { describe, expect, it } from "vitest";
import { formatAddress } from "../../compiler/sets/address.ts";
import { textOf } from "../../diagnostics/source.ts";
import { readCells } from "../../project/csv-cells.ts";
import { build, shown } from "../inventory/load-inventory.ts";

const faultsIn = (...lines: readonly string[]) =>
  build({ "h.csv": lines.join("\n") }).diagnostics.map(shown);

describe("a CSV inventory", () => {
  it("has a column for each field", () => {
    const { inventory, diagnostics } = build({
      "h.csv": [
        "name,platform,env,label:role,handles,addresses,realm,users,groups,launcher,interfaces,published,enforcers,tag:X",
        'batch-1,linux,prod,db,"pii, payment",10.0.0.1 2001:db8::1,aws,crm=1 batch=2,crm=3,segc,eth0 eth1,tcp/80 udp/53,nftables; aws-sg sg-1 ingress,y',
        "",
        '"fridge, big",other,staging,,,,,,,,,,,',
      ].join("\r\n"),
    });
    expect(diagnostics).toEqual([]);
    const [batch, fridge] = inventory.workloads;
    expect([...(batch?.labels ?? [])]).toEqual([
      ["env", "prod"],
      ["handles", ["payment", "pii"]],
      ["role", "db"],
    ]);
    expect(batch?.addresses.map(({ realm, ip }) => `${realm} ${formatAddress(ip)}`)).toEqual([
      "aws 10.0.0.1",
      "aws 2001:db8::1",
    ]);
    expect([...(batch?.users ?? [])]).toEqual([
      ["batch", 2],
      ["crm", 1],
    ]);
    expect([...(batch?.groups ?? [])]).toEqual([["crm", 3]]);
    expect(batch?.launcher).toBe("segc");
    expect(batch?.interfaces).toEqual(["eth0", "eth1"]);
    expect(batch?.published).toEqual(["tcp/80", "udp/53"]);
    expect(batch?.enforcers).toEqual([
      { kind: "aws-sg", id: "sg-1", directions: ["ingress"] },
      { kind: "nftables", id: "batch-1", directions: ["egress", "ingress"] },
    ]);
    expect(fridge?.name).toBe("fridge, big");
    expect([...(fridge?.labels ?? [])]).toEqual([["env", "staging"]]);
    expect(fridge?.enforcers).toEqual([]);
  });

  it.each([";", "\t"])("may be separated by %j", (separator) => {
    const lines = ["name,platform,env", "a,linux,prod"].map((line) =>
      line.replaceAll(",", separator),
    );
    expect(build({ "h.csv": lines.join("\n") }).diagnostics).toEqual([]);
  });

  it.each([
    [
      ["name,platform,env", "a,linus,prod"],
      'SEG809 h.csv:2:3 "linus" `platform` cannot be `linus`',
    ],
    [["name,platform,enw", "a,linux,prod"], 'SEG802 h.csv:1:15 "enw" label `enw` is unknown; did'],
    [["name,platform,env", "a,linux,prdo"], 'SEG802 h.csv:2:9 "prdo" label `env` has no value'],
    [
      ["name,platform,env,address", 'a,linux,prod,"10.0.0.1 10.0.0.300"'],
      'SEG809 h.csv:2:24 "10.0.0.300"',
    ],
    [["name,platform,env,handles", "a,linux,prod,pii pay"], 'SEG802 h.csv:2:18 "pay"'],
    [
      ["name,platform,env,users", "a,linux,prod,crm=x"],
      'SEG809 h.csv:2:14 "crm=x" `crm` must be an account number, or a SID on Windows, not "x"',
    ],
    [
      ["name,platform,env,enforcers", "a,linux,prod,nft"],
      'SEG809 h.csv:2:14 "nft" `kind` cannot be `nft`',
    ],
    [["name,platform,env", "a,linux"], 'SEG809 h.csv:2:3 "linux" this row has 2 cells, the header'],
    [["name,platform,env", "a,linux,prod,x"], 'SEG809 h.csv:2:9 "prod" this row has 4 cells'],
    [["name,name", "a,b"], 'SEG809 h.csv:1:6 "name" `name` is given twice'],
    [["platform,env", "linux,prod"], 'SEG809 h.csv:1:1 "platform" the header has no `name`'],
    [["name,,env", "a,,prod"], 'SEG809 h.csv:1:6 "" `column` is empty'],
    [[""], "SEG809 h.csv:1:1"],
    [["name,platform", ",linux"], 'SEG809 h.csv:2:1 "" `name` is empty'],
    [["name,platform", '"a,linux'], "SEG809 h.csv:2:1"],
    [["name,platform,é", 'a,"x"y,z'], "SEG809 h.csv:2:"],
  ])("%j", (lines, expected) => {
    expect(faultsIn(...lines)[0]).toContain(expected);
  });

  it("shows an unknown column once, at its title", () => {
    const rows = Array.from({ length: 300 }, (_, index) => `w${index},linux,prod,x`);
    const faults = faultsIn("name,platform,env,rolle", ...rows);
    expect(faults).toEqual([
      'SEG802 h.csv:1:19 "rolle" label `rolle` is unknown; did you mean `role`?',
    ]);
  });

  it("finds rows that differ only in what stands before them", () => {
    const text = 'name,x\n"a\nb,c",1\n\n\nb,1\nb,1\n';
    const read = readCells({ path: "h.csv", text });
    const table = read.ok ? read.table : undefined;
    expect(table?.rows.map(({ start }) => text.slice(start, start + 3))).toEqual([
      "nam",
      '"a\n',
      "b,1",
      "b,1",
    ]);
    expect(new Set(table?.rows.map(({ start }) => start)).size).toBe(4);
    expect(table && textOf({ source: table.source, start: 0, end: 4 })).toBe("name");
  });
});
