// examples/crm as if it had been written today: the kernel's own clock decides on `until`, and an
// example whose exceptions have ended breaks its guardrails. Without its security groups, which no lab has.
import type { Files } from "../../project/files.ts";
import { exampleTexts } from "../docs/example-files.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const writtenOn = Date.parse("2026-11-23");
const day = 86_400_000;

/** Every date of the policy as far from `now` as it is from the day it was written. */
export function crmToday(now: string): Files {
  const shift = Date.parse(now) - writtenOn;
  const moved = (date: string) => new Date(Date.parse(date) + shift).toISOString().slice(0, 10);
  const texts = [...exampleTexts("crm")].map(([path, text]): [string, string] => [
    path,
    path.endsWith(".seg")
      ? text.replaceAll(/\b\d{4}-\d\d-\d\d\b/g, moved)
      : text.replaceAll(/^ *- \{ kind: aws-sg, .*\n/gm, ""),
  ]);
  return memoryFiles(new Map(texts));
}

/** Today in UTC. */
export const today = (): string =>
  new Date(Math.floor(Date.now() / day) * day).toISOString().slice(0, 10);
