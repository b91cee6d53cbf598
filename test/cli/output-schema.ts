// The shipped schemas, as validators.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { checkout } from "./run-segc.ts";

export const schema = (name: string) =>
  JSON.parse(readFileSync(join(checkout, `schemas/${name}.schema.json`), "utf8"));

const ajv = new Ajv({ schemas: [schema("manifest")], allErrors: true });

/** Of what `--format json` prints. */
export const keepsToSchema = ajv.compile(schema("output"));
export const isManifest = ajv.compile({ $ref: "manifest" });
