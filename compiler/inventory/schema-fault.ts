// What a generated validator has against a value, as the parameters of a message and the place in
// the value. The validators carry their schema, so alternatives can be listed and near misses found.
import type { SchemaFault } from "../../diagnostics/messages/schema.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";

export interface FoundFault {
  /** Keys and indexes from the root of the validated value. */
  readonly path: readonly (string | number)[];
  /** The key that the path ends with is at fault, not its value. */
  readonly at: "key" | "value";
  readonly fault: SchemaFault;
}

export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly unknown[] | null;
}

/** Everything that the validator's schema has against the value; empty for a valid one. */
export function faultsOf(validate: SchemaValidator, value: unknown): readonly FoundFault[] {
  if (validate(value)) return [];
  // Generated with `verbose`: each error is one of these (ajv's ErrorObject).
  const errors = (validate.errors ?? []) as readonly ValidationError[];
  return withoutEchoes(errors.flatMap((error) => faultOf(error, value) ?? []));
}

/** A misspelt key is not also a missing one. */
function withoutEchoes(faults: readonly FoundFault[]): readonly FoundFault[] {
  const misspelt = faults.flatMap(({ fault }) =>
    fault.why === "unknown-key" && fault.suggestion !== "" ? [fault.suggestion] : [],
  );
  return faults.filter(
    ({ fault }) =>
      fault.why !== "missing-key" || !misspelt.some((words) => words.includes(`\`${fault.key}\``)),
  );
}

interface ValidationError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: {
    readonly title?: string;
    readonly type?: string | readonly string[];
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly minimum?: number;
    readonly maximum?: number;
  };
  readonly data?: unknown;
}

function faultOf(error: ValidationError, root: unknown): FoundFault | undefined {
  const { params, parentSchema = {} } = error;
  const path = pathOf(error.instancePath, root);
  const key = keyOf(path, parentSchema.title);
  switch (error.keyword) {
    case "additionalProperties": {
      const unknown = String(params.additionalProperty);
      const allowed = Object.keys(parentSchema.properties ?? {}).filter(
        (name) => name !== "$schema",
      );
      const suggestion = didYouMean(unknown, allowed);
      const fault = { why: "unknown-key", key: unknown, suggestion, allowed } as const;
      return { path: [...path, unknown], at: "key", fault };
    }
    case "required": {
      const of = parentSchema.title === undefined ? "this" : `this ${parentSchema.title}`;
      const fault = { why: "missing-key", key: String(params.missingProperty), of } as const;
      return { path, at: "value", fault };
    }
    case "type": {
      const wanted = [params.type].flat().map(typeName).join(" or ");
      return {
        path,
        at: "value",
        fault: { why: "wrong-type", key, wanted, found: describe(error.data) },
      };
    }
    case "minimum":
    case "maximum": {
      const { minimum, maximum } = parentSchema;
      const wanted = maximum === undefined ? `${minimum} or more` : `from ${minimum} to ${maximum}`;
      const fault = { why: "wrong-type", key, wanted, found: String(error.data) } as const;
      return { path, at: "value", fault };
    }
    case "pattern": {
      const wanted = parentSchema.title ?? "another form";
      const fault = { why: "wrong-type", key, wanted, found: JSON.stringify(error.data) } as const;
      return { path, at: "value", fault };
    }
    case "minItems":
    case "maxItems":
    case "uniqueItems": {
      const wanted = parentSchema.title ?? "another list";
      const found = JSON.stringify(error.data).slice(0, listShown);
      return { path, at: "value", fault: { why: "wrong-type", key, wanted, found } };
    }
    case "enum":
    case "const": {
      const allowed = [params.allowedValues ?? params.allowedValue].flat().map(String);
      const isScalar = error.data !== null && typeof error.data !== "object";
      const isMistyped = typeof error.data === "string" && allowed.includes(error.data);
      const text = isMistyped ? JSON.stringify(error.data) : String(error.data);
      const found = isScalar ? text : describe(error.data);
      const suggestion = didYouMean(isMistyped ? "" : found, allowed);
      return { path, at: "value", fault: { why: "not-one-of", key, found, suggestion, allowed } };
    }
    default:
      return undefined; // `if` repeats what its branches say
  }
}

/** Characters of a list in a message. */
const listShown = 60;

/** Steps of a JSON pointer; a step into a list is a number. */
function pathOf(pointer: string, root: unknown): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let value = root;
  for (const step of pointer.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(value) ? Number(key) : key);
    // A pointer of the validator leads through lists and mappings only.
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  }
  return path;
}

/** How the message calls the value: the last key on the way to it. */
function keyOf(path: readonly (string | number)[], title: string | undefined): string {
  const key = path.findLast((step) => typeof step === "string");
  return typeof key === "string" ? key : (title ?? "this");
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a mapping",
  array: "a list",
};

function typeName(type: unknown): string {
  return typeNames[String(type)] ?? String(type);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : `\`${String(value)}\``;
}
