// What `segc plan` writes and `segc apply` reads: where to, from where, and for which inputs. The phases and
// their proof are in it to be read; `apply` works both out again, so that nobody can edit a proof.

import { sha256 } from "../../../compiler/model/sha256.ts";
import { type AwsLimits, awsDefaults } from "../../../compiler/quotas.ts";
import type { AwsPlan } from "../groups.ts";
import { parseAws } from "../parse.ts";
import { planPath, renderAws } from "../render.ts";
import type { Summary } from "../transition/summary.ts";

export interface PlanFile {
  readonly owner: string;
  readonly limits: AwsLimits;
  /** Seconds between phases. */
  readonly settle: number;
  /** Of what was live (`accountDigest`). */
  readonly live: string;
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
  readonly now: string;
  readonly plan: AwsPlan;
  /** The digest of the file itself. */
  readonly id: string;
}

const formatVersion = 1;

export function planFileText(file: Omit<PlanFile, "id">, summary: Summary): string {
  const { plan, ...rest } = file;
  const [rendered] = renderAws(plan);
  if (rendered === undefined) throw new Error("bug in segc (aws): a plan without a file");
  const head = JSON.stringify({ formatVersion, target: "aws", ...rest, summary }, null, 2);
  // The groups as their own file has them, a rule to a line.
  return `${head.slice(0, -2)},\n  "plan": ${rendered.text.trimEnd().replaceAll("\n", "\n  ")}\n}\n`;
}

/** What is wrong with the text, where it is no such file. */
export function readPlanFile(text: string): PlanFile | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is no JSON";
  }
  const fields: Readonly<Record<string, unknown>> = Object(value);
  if (fields.target !== "aws") return "is no plan of `segc plan --target aws`";
  if (fields.formatVersion !== formatVersion) {
    return `has format ${String(fields.formatVersion)}, and this version of segc reads ${formatVersion}`;
  }
  const { owner, settle, live, now, plan, limits, inputs } = fields;
  const parsed = parseAws([{ path: planPath, text: JSON.stringify(plan) ?? "" }]);
  if (!parsed.ok) return `has a plan that cannot be read: ${parsed.problems[0]?.message}`;
  const isText = [owner, live, now].every((one) => typeof one === "string" && one !== "");
  const isTime = typeof settle === "number" && settle >= 0 && settle <= 3600;
  if (!isText || !isTime || !isLimits(limits) || !isInputs(inputs)) return "is not complete";
  return {
    owner: String(owner),
    limits,
    settle,
    live: String(live),
    inputs,
    now: String(now),
    plan: parsed.plan,
    id: sha256(text),
  };
}

const isLimits = (value: unknown): value is AwsLimits =>
  Object.keys(awsDefaults).every((name) => Number.isInteger(Object(value)[name]));

const isInputs = (value: unknown): value is PlanFile["inputs"] =>
  Array.isArray(value) &&
  value.every(({ path, sha256: digest }) => typeof path === "string" && typeof digest === "string");
