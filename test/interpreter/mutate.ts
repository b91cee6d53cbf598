// An artefact -> artefacts that differ from it in one small way, the same ones for the same seed.
// About a third should decide every packet alike; which ones do, `probe.ts` says.
import type { Artefact } from "./artefact.ts";
import { chanceOf } from "./mutants/chance.ts";
import { documentOf, lineAt } from "./mutants/document.ts";
import {
  dropElement,
  moveElement,
  redundantElement,
  reorderElements,
  splitPrefix,
} from "./mutants/elements.ts";
import { changeComment, renameSet, reorderBlocks } from "./mutants/harmless.ts";
import type { Mutation } from "./mutants/mutation.ts";
import { dropFamily, dropRule, duplicateRule, flipVerdict, swapRules } from "./mutants/rules.ts";
import { narrowPrefix, shiftPort, widenPort, widenPrefix } from "./mutants/values.ts";

export interface Mutant {
  readonly kind: MutantKind;
  /** Name of the text, and the line of the original, from 1, that is changed, moved or taken out. */
  readonly file: string;
  readonly line: number;
  readonly artefact: Artefact;
}

const telling = {
  "drop-rule": dropRule,
  "swap-rules": swapRules,
  "flip-verdict": flipVerdict,
  "widen-prefix": widenPrefix,
  "narrow-prefix": narrowPrefix,
  "shift-port": shiftPort,
  "widen-port": widenPort,
  "drop-element": dropElement,
  "move-element": moveElement,
  "drop-family": dropFamily,
} satisfies Record<string, Mutation>;

const harmless = {
  "duplicate-rule": duplicateRule,
  "redundant-element": redundantElement,
  "split-prefix": splitPrefix,
  "reorder-elements": reorderElements,
  "reorder-blocks": reorderBlocks,
  "change-comment": changeComment,
  "rename-set": renameSet,
} satisfies Record<string, Mutation>;

const mutations: Readonly<Record<string, Mutation>> = { ...telling, ...harmless };
export type MutantKind = keyof typeof telling | keyof typeof harmless;
const isKind = (name: string): name is MutantKind => Object.hasOwn(mutations, name);
const tellingKinds = Object.keys(telling).filter(isKind);
const harmlessKinds = Object.keys(harmless).filter(isKind);
export const mutantKinds: readonly MutantKind[] = [...tellingKinds, ...harmlessKinds];

/** Up to `count` different mutants, fewer where the artefact has no room for more. */
export function mutantsOf(artefact: Artefact, seed: number, count: number): readonly Mutant[] {
  const chance = chanceOf(seed);
  const seen = new Set([JSON.stringify(artefact.texts)]);
  const mutants: Mutant[] = [];
  for (let tries = 0; mutants.length < count && tries < 20 * count; tries += 1) {
    const kind = chance.pick(chance.below(3) === 0 ? harmlessKinds : tellingKinds);
    const mutant = kind === undefined ? undefined : mutantOf(artefact, kind, chance.below(2 ** 31));
    if (mutant === undefined || seen.has(JSON.stringify(mutant.artefact.texts))) continue;
    seen.add(JSON.stringify(mutant.artefact.texts));
    mutants.push(mutant);
  }
  return mutants;
}

/** One mutant of a kind; undefined where the artefact has no place for it. */
export function mutantOf(artefact: Artefact, kind: MutantKind, seed: number): Mutant | undefined {
  const document = documentOf(artefact);
  const change = mutations[kind]?.(document, chanceOf(seed));
  if (change === undefined) return undefined;
  const { file, number } = lineAt(document, change.index);
  return { kind, file, line: number, artefact: change.artefact };
}
