// Workloads made up by a test: their labels are checked as those of the inventory are (SEG801,
// SEG802, SEG804), at the word that is wrong.
import { diagnose } from "../../diagnostics/registry.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import type { Fixture, FixtureItem } from "../../grammar/ast.ts";
import type { LabelValue, Platform } from "../inventory/types.ts";
import { isBroken } from "./broken-names.ts";
import { type Context, report } from "./context.ts";
import { reportDuplicates } from "./duplicates.ts";
import type { Label, TestFixture } from "./types.ts";

/** The fixture; undefined where something in it is wrong, which is reported. */
export function checkFixture(context: Context, fixture: Fixture): TestFixture | undefined {
  const { labels: known, refusedLabels } = context.build;
  const repeated = reportDuplicates(
    context,
    fixture.items.map(({ key }) => ({ name: key.text, span: key.span, noun: "label" })),
  );
  let isSound = repeated.size === 0;
  let platform: Platform = "linux";
  const labels = new Map<string, LabelValue>();
  for (const item of fixture.items) {
    const label = known.get(item.key.text);
    if (item.key.text === "platform") {
      const found = platformOf(context, item);
      if (found === undefined) isSound = false;
      else platform = found;
    } else if (label === undefined) {
      reportUnknownLabel(context, item);
      isSound = false;
    } else {
      const value = labelValueOf(context, fixture, item, label);
      if (value === undefined) isSound = false;
      else labels.set(label.name, value);
    }
  }
  const given = new Set(fixture.items.map(({ key }) => key.text));
  for (const label of known.values()) {
    if (label.optional || given.has(label.name) || refusedLabels.has(label.name)) continue;
    const parameters = { why: "missing", workload: fixture.name.text, label: label.name } as const;
    report(context, diagnose("SEG804", fixture.name.span, parameters));
    isSound = false;
  }
  const sorted = new Map([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
  return isSound
    ? { name: fixture.name.text, platform, labels: sorted, span: fixture.span }
    : undefined;
}

const platforms: readonly Platform[] = ["linux", "windows", "other"];

function platformOf(context: Context, item: FixtureItem): Platform | undefined {
  const [only, ...more] = item.values;
  const text = only === undefined ? "" : textOfValue(only);
  const found = platforms.find((platform) => platform === text);
  if (found !== undefined && more.length === 0) return found;
  const suggestion = didYouMean(text, platforms) || `; it is one of ${platforms.join(", ")}`;
  const parameters = { why: "value", label: "platform", value: text, suggestion } as const;
  const help = `write \`platform\` and one of ${platforms.join(", ")}`;
  report(context, diagnose("SEG802", only?.span ?? item.span, parameters, { help }));
  return undefined;
}

function reportUnknownLabel(context: Context, { key }: FixtureItem): void {
  const { labels, refusedLabels, root } = context.build;
  if (refusedLabels.has(key.text) || root === undefined || isBroken(root.tree, key.text)) return;
  const suggestion = didYouMean(key.text, [...labels.keys(), "platform"]);
  report(context, diagnose("SEG802", key.span, { why: "label", label: key.text, suggestion }));
}

function labelValueOf(
  context: Context,
  fixture: Fixture,
  item: FixtureItem,
  label: Label,
): LabelValue | undefined {
  const values = item.values.map((value) => leafOf(context, fixture, value, label));
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  if (label.kind === "set") return [...new Set(known)].sort();
  const [only, ...more] = known;
  if (only !== undefined && more.length === 0 && !item.braced) return only;
  report(context, diagnose("SEG802", item.span, { why: "one-value", label: label.name }));
  return undefined;
}

type Value = FixtureItem["values"][number];

function leafOf(
  context: Context,
  fixture: Fixture,
  value: Value,
  label: Label,
): string | undefined {
  const text = textOfValue(value);
  if (label.kind === "name" || label.kind === "string") {
    if (text !== "" || label.kind === "string") return text;
    report(context, diagnose("SEG802", value.span, { why: "empty", label: label.name }));
    return undefined;
  }
  const leaves = label.nodes.get(text);
  if (leaves === undefined) {
    const suggestion = didYouMean(text, label.nodes.keys());
    const parameters = { why: "value", label: label.name, value: text, suggestion } as const;
    report(context, diagnose("SEG802", value.span, parameters));
    return undefined;
  }
  if (leaves.has(text)) return text;
  const parameters = {
    workload: fixture.name.text,
    label: label.name,
    value: text,
    leaves: [...leaves],
  };
  report(context, diagnose("SEG801", value.span, parameters));
  return undefined;
}

const textOfValue = (value: Value) => ("kind" in value ? value.value : value.text);
