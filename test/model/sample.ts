// The three files of language.md section 4, word for word.
import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(`sample/${name}`, import.meta.url), "utf8");

export const sample = {
  "org.seg": read("org.seg"),
  "core.seg": read("core.seg"),
  "crm.seg": read("crm.seg"),
};
