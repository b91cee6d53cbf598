// A name to propose for a rule that needs one (SEG313): what it says, in the words of its flow.
import type { Rule } from "./types.ts";

const lengthMax = 40;

/** `web-to-api` for `prod.web -> api : https`; never longer than a line can bear. */
export function suggestRuleName({ effect, flow }: Rule): string {
  const [source = "", rest = ""] = flow.text.split("->");
  const destination = rest.split(":")[0] ?? "";
  const from = wordFor(source);
  const to = wordFor(destination);
  return `${effect === "deny" ? "no-" : ""}${from}-to-${to}`;
}

/** The last part of a lone name, else the words of the expression, shortened. */
function wordFor(peer: string): string {
  const lone = /^\s*(?:[a-z0-9-]+\.)*([a-z][a-z0-9-]*)\s*$/.exec(peer)?.[1];
  if (lone !== undefined) return lone;
  const words = peer.match(/[a-z][a-z0-9]*(?:-[a-z0-9]+)*/g) ?? [];
  const telling = words.filter((word) => !dull.has(word)).join("-");
  const short = telling
    .slice(0, lengthMax / 2)
    .replace(/-[^-]*$|-$/, (end) => (telling.length > lengthMax / 2 ? "" : end));
  return /^[a-z]/.test(short) ? short : "peer";
}

const dull = new Set(["workloads", "where", "and", "or", "not", "is", "in", "has", "except"]);
