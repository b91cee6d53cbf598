// What is found of workloads that are not there yet, in words: who they would be, what would then
// happen, and the `require` lines that keep it from happening.
import { isEmpty, members } from "../../sets/bitset.ts";
import type { Labellings } from "./flows.ts";
import type { TraitsAt } from "./matter.ts";
import type { Part, Remedies, Remedy } from "./remedies.ts";
import { brokenBy, textOf } from "./remedies.ts";
import type { Trait } from "./traits.ts";
import { another, directions } from "./variables.ts";

/** "a workload with `role resolver` and `env prod`". */
export function whoText(traits: TraitsAt): string {
  const [first, second] = directions.flatMap((end) => {
    const own = traits[end];
    return own === undefined ? [] : [own];
  });
  const one = `a workload${withText(first ?? [])}`;
  if (second === undefined) return one;
  return withText(first ?? []) === withText(second)
    ? `two workloads${withText(second)}`
    : `${one} and one${withText(second)}`;
}

function withText(traits: readonly Trait[]): string {
  const texts = traits.map(({ text }) => text);
  if (texts.length === 0) return " of whatever labels";
  const last = texts.at(-1) ?? "";
  return ` with ${texts.length === 1 ? last : `${texts.slice(0, -1).join(", ")} and ${last}`}`;
}

/** The edit that closes it, or what else there is to do. */
export function remedyHelp(
  labellings: Labellings,
  { list }: Remedies,
  otherwise: string,
): { readonly help: string } {
  const [first, ...more] = requireLines(labellings, list);
  if (first === undefined) return { help: otherwise };
  const lines = [first, ...more].map((line) => `\`${line}\``);
  return { help: `add to the root module ${lines.join(" and ")}, or ${otherwise}` };
}

/** What the help leaves open. */
export function remedyNotes(labellings: Labellings, { list, isClosed }: Remedies): string[] {
  const broken = list.flatMap((remedy) => {
    const names = namesOf(labellings, remedy);
    return names.length === 0 ? [] : [...names];
  });
  const unique = [...new Set(broken)].sort();
  return [
    ...(unique.length === 0 ? [] : [`today ${listed(unique)} would break that \`require\``]),
    ...(list.length > 0 && !isClosed ? ["further labels would break it all the same"] : []),
  ];
}

const listed = (names: readonly string[]) => {
  const shown = names.slice(0, namesMax).map((name) => `\`${name}\``);
  return `${shown.join(", ")}${names.length > namesMax ? `, … (${names.length} in all)` : ""}`;
};

const namesMax = 3;

function namesOf(labellings: Labellings, remedy: Remedy): readonly string[] {
  const { universe } = labellings.expansion;
  const row = brokenBy(labellings, remedy);
  if (isEmpty(row)) return [];
  return [...members(row)].flatMap(
    (at) => universe.workloads[universe.endpoints[at]?.workload ?? -1]?.name ?? [],
  );
}

/** `require resolver-env = workloads where role is resolver have env is shared`, names not in use. */
export function requireLines({ model }: Labellings, list: readonly Remedy[]): readonly string[] {
  const taken = new Set(model.requirements.map(({ name }) => name));
  return list.map((remedy) => {
    const wanted = nameFor(remedy);
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
    taken.add(name);
    return `require ${name} = ${textOf(remedy)}`;
  });
}

/** `resolver-env`: of a value of the premise and the label that it settles. */
function nameFor({ premise, have }: Remedy): string {
  const subject = premise.map(wordFor).find((word) => word !== undefined);
  return `${subject ?? "every"}-${have.label.name}`;
}

function wordFor({ label, choices }: Part): string | undefined {
  const [choice] = choices ?? [];
  if (choice === undefined || choice === another) return label.name;
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(choice) ? choice : label.name;
}
