// What `segc plan` writes and `segc apply` reads: for which inputs and which account, and all that people should
// read before it is applied. What to do is worked out again from the project and the account; the file must say
// the same, so nobody can put anything into it.
import { sha256 } from "../../../compiler/model/sha256.ts";
import type { AwsLimits } from "../../../compiler/quotas.ts";
import type { AwsPlan } from "../groups.ts";
import { renderAws } from "../render.ts";
import type { Foreign } from "../transition/keeps.ts";
import type { Summary } from "../transition/summary.ts";

/** What a project wants of an account, and how. */
export interface Wanted {
  readonly owner: string;
  readonly limits: AwsLimits;
  /** Seconds between phases. */
  readonly settle: number;
  readonly foreign: Foreign;
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
  readonly plan: AwsPlan;
}

export interface PlanFile {
  /** The day that it was made for. */
  readonly now: string;
  /** Of what was live (`accountDigest`). */
  readonly live: string;
  readonly inputs: Wanted["inputs"];
  /** Whether the project wants this still. */
  readonly isOf: (wanted: Wanted) => boolean;
  /** The digest of the file itself. */
  readonly id: string;
}

const formatVersion = 1;

export function planFileText(
  wanted: Wanted,
  { live, now }: { readonly live: string; readonly now: string },
  summary: Summary,
): string {
  const { inputs } = wanted;
  const head = { formatVersion, target: "aws", now, live, inputs, ...settings(wanted), summary };
  const text = JSON.stringify(head, null, 2).slice(0, -2);
  // The groups as their own file has them, a rule to a line.
  return `${text},\n  "plan": ${planText(wanted.plan).replaceAll("\n", "\n  ")}\n}\n`;
}

const settings = ({ owner, limits, settle, foreign }: Wanted) => ({
  owner,
  limits,
  settle,
  foreign,
});

function planText(plan: AwsPlan): string {
  const [rendered] = renderAws(plan);
  if (rendered === undefined) throw new Error("bug in segc (aws): a plan without a file");
  return rendered.text.trimEnd();
}

/** What is wrong with the text, where it is no such file. */
export function readPlanFile(text: string): PlanFile | string {
  const fields = fieldsIn(text);
  if (fields === undefined) return "is no JSON";
  if (fields.target !== "aws") return "is no plan of `segc plan --target aws`";
  if (fields.formatVersion !== formatVersion) {
    return `has another format than this version of segc reads, which is ${formatVersion}`;
  }
  const { live, now, plan, inputs, owner, limits, settle, foreign } = fields;
  if (typeof live !== "string" || typeof now !== "string" || !isInputs(inputs)) {
    return "is not complete";
  }
  const told = JSON.stringify([{ owner, limits, settle, foreign }, plan]);
  return {
    now,
    live,
    inputs,
    isOf: (wanted) =>
      JSON.stringify([settings(wanted), JSON.parse(planText(wanted.plan))]) === told,
    id: sha256(text),
  };
}

function fieldsIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    JSON.stringify(value); // what nests too deeply for that is no file of segc's
    return Object(value);
  } catch {
    return undefined;
  }
}

const isInputs = (value: unknown): value is PlanFile["inputs"] =>
  Array.isArray(value) &&
  value.every((one) => {
    const { path, sha256: digest } = Object(one);
    return typeof path === "string" && typeof digest === "string";
  });
