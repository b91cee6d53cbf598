// Exports of hosts as others make them: kinds of values, deletions and words that segc never writes.
import { describe, expect, test } from "vitest";
import { hostOf } from "../../targets/windows/live/live-host.ts";
import { readNetRules } from "../../targets/windows/live/net-rules.ts";
import { readPolEntries } from "../../targets/windows/live/pol-entries.ts";
import { readExport } from "../../targets/windows/live/registry-export.ts";
import { readTokens } from "../../targets/windows/live/rule-tokens.ts";

const policy = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
const local = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy";

const units = (text: string) => [...Buffer.from(text, "utf16le")];
const number = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
const text = (of: string) => units(`${of}\0`);
const entry = (name: string, type: number, data: readonly number[], key = "K") => [
  ...units("["),
  ...text(key),
  ...units(";"),
  ...text(name),
  ...units(";"),
  ...number(type),
  ...units(";"),
  ...number(data.length),
  ...units(";"),
  ...data,
  ...units("]"),
];
const pol = (...entries: readonly (readonly number[])[]) =>
  Uint8Array.from([...Buffer.from("PReg"), ...number(1), ...entries.flat()]);
const valuesOf = (...entries: readonly (readonly number[])[]) =>
  readPolEntries(pol(...entries))?.values.map(({ key, name, data }) => `${key} ${name}=${data}`);

describe("policy files", () => {
  const a = entry("A", 1, text("a"));
  const b = entry("B", 4, number(7));
  const below = entry("C", 1, text("c"), "K\\L");
  const beside = entry("D", 1, text("d"), "KL");

  test("hold texts and numbers in both orders; other kinds, of any size, are passed over", () => {
    expect(valuesOf(a, b)).toEqual(["K A=a", "K B=7"]);
    expect(
      valuesOf(entry("N", 5, [0, 0, 1, 2]), entry("Q", 11, [...number(9), ...number(0)])),
    ).toEqual(["K N=258", "K Q=9"]);
    expect(valuesOf(entry("X", 3, [1, 2, 3]), a)).toEqual(["K A=a"]);
  });

  test("delete by name, by list, all of a key, and keys with what is below", () => {
    const all = [a, b, below, beside];
    const left = (name: string, data: string, key?: string) =>
      valuesOf(...all, entry(name, 1, text(data), key))?.join(", ");
    expect(left("**del.a", " ")).toBe("K B=7, K\\L C=c, KL D=d");
    expect(left("**DeleteValues", "A;b")).toBe("K\\L C=c, KL D=d");
    expect(left("**delvals.", " ")).toBe("K\\L C=c, KL D=d");
    expect(left("**DeleteKeys", "L", "K")).toBe("K A=a, K B=7, KL D=d");
    expect(valuesOf(entry("**soft.E", 1, text("e")))).toEqual(["K E=e"]);
  });

  test.each([0, 3, 9, 20, 30])("cut after %i bytes are none", (size) => {
    expect(readPolEntries(pol(a).subarray(0, size))?.values).toEqual(size === 8 ? [] : undefined);
  });
});

describe("exports of the registry", () => {
  const read = (...lines: readonly string[]) =>
    readExport(["Windows Registry Editor Version 5.00", ...lines].join("\r\n"));

  test("give nothing to a key that is of another root", () => {
    const found = read(
      "[HKEY_LOCAL_MACHINE\\A]",
      '"x"=dword:00000001',
      "[HKEY_USERS\\B]",
      '"y"="1"',
    );
    expect(found).toEqual({ values: [{ key: "A", name: "x", data: 1 }], unread: [] });
  });

  test("have numbers as bytes, quotes in names, and texts of any length", () => {
    const long = "\\\\".repeat(200_000);
    expect(
      read("[HKLM\\A]", '"n"=hex(4):02,01,00,00', '"a\\"=b"="c"', `"long"="${long}"`)?.values,
    ).toEqual([
      { key: "A", name: "n", data: 258 },
      { key: "A", name: 'a"=b', data: "c" },
      { key: "A", name: "long", data: "\\".repeat(200_000) },
    ]);
  });
});

describe("a host", () => {
  const rule = "v2.31|Action=Allow|Active=TRUE|Dir=In|";

  test("counts what a device management sets as policy, under what a script set", () => {
    const host = hostOf([
      { key: `${local}\\Mdm\\FirewallRules`, name: "M", data: rule },
      { key: `${local}\\Mdm\\DomainProfile`, name: "EnableFirewall", data: 0 },
      { key: `${local}\\Mdm\\PublicProfile`, name: "EnableFirewall", data: 0 },
      { key: `${policy}\\PublicProfile`, name: "EnableFirewall", data: 1 },
      { key: `${local}\\PrivateProfile`, name: "EnableFirewall", data: 1 },
    ]);
    expect(host.rules).toMatchObject([{ name: "M", store: "policy" }]);
    const { Domain, Private, Public } = host.profiles;
    expect([Domain, Private, Public].map(({ enabled }) => enabled)).toEqual([false, true, true]);
  });

  test("names values of its policy that are not understood, and no others", () => {
    const { unread } = hostOf([
      { key: `${policy}\\DomainProfile`, name: "DisabledInterfaces", data: "x" },
      { key: `${policy}\\StandardProfile`, name: "EnableFirewall", data: 0 },
      { key: `${policy}\\DomainProfile`, name: "DisableNotifications", data: 1 },
      { key: `${policy}\\DomainProfile\\Logging`, name: "LogFileSize", data: 1 },
      { key: policy, name: "PolicyVersion", data: 542 },
      { key: `${local}\\Epoch`, name: "Epoch", data: 1 },
      { key: "SOFTWARE\\Other", name: "x", data: 1 },
    ]);
    expect(unread).toEqual([
      `${policy}\\DomainProfile\\DisabledInterfaces`,
      `${policy}\\StandardProfile\\EnableFirewall`,
    ]);
  });

  test.each([
    ["Active=Perhaps|", ["Active=Perhaps"]],
    ["Active=TRUE|Edge=TRUE|LSM=FALSE|", ["Edge=TRUE"]],
    ["Active=TRUE|Protocol=6|Protocol=17|", ["Protocol=17"]],
    ["Active=TRUE|Protocol=256|", ["Protocol=256"]],
    ["Active=TRUE|Profile=Guest|", ["Profile=Guest"]],
    ["Active=TRUE|LPort=22|", ["ports without TCP or UDP"]],
    ["Active=TRUE|ICMP4=8:0|", ["ICMP types without ICMP"]],
  ])("with `%s` keeps %j", (tokens, unknown) => {
    const found = readTokens("R", `v2.31|Action=Allow|Dir=In|${tokens}`, "policy");
    expect(found).toMatchObject({ enabled: true, unknown });
  });
});

describe("rules of the cmdlets", () => {
  const rule = { Name: "R", Enabled: 1, Direction: 1, Action: 2, Profile: 0 };
  const read = (Rules: unknown, profile = {}) =>
    readNetRules(JSON.stringify({ Profiles: [{ Name: "Domain", ...profile }], Rules }));

  test("set nothing where they are not configured", () => {
    const found = read([], {
      Enabled: 2,
      DefaultInboundAction: 0,
      AllowInboundRules: "NotConfigured",
    });
    expect(found).toEqual({ values: [], unread: [] });
    expect(read([], { AllowInboundRules: "False" })?.values).toMatchObject([
      { name: "DoNotAllowExceptions", data: 1 },
    ]);
  });

  test("keep who owns a rule and what it asks of the other end", () => {
    const asking = { ...rule, Owner: "S-1-5-21-1", Authentication: "Required", Encryption: 0 };
    const [value] = read([asking])?.values ?? [];
    expect(value?.data).toMatch(/\|Owner=S-1-5-21-1\|Authentication=Required\|$/);
  });

  test("that are no rules, or hold none of the known words, are named", () => {
    expect(read([7, null, { ...rule, Action: "constructor" }])?.unread).toEqual([
      "an entry of `Rules` that is no rule",
      "rule R",
    ]);
    const [value] =
      read([{ ...rule, Protocol: "toString", RemoteAddress: { a: 1 } }])?.values ?? [];
    expect(value?.data).toMatch(/Protocol=toString\|RA4=no text\|/);
  });
});
