// A name to propose for a rule that needs one (SEG313): what it says, in the words of its flow.
import type { Rule } from "./types.ts";

const wordsMax = 3;

/** `web-to-api` for `prod.web -> api : https`, `no-web-to-db` for a deny. */
export function suggestRuleName({ effect, flow }: Rule): string {
  const [source = "", rest = ""] = flow.text.split("->");
  const [destination = ""] = rest.split(":");
  return `${effect === "deny" ? "no-" : ""}${wordsOf(source)}-to-${wordsOf(destination)}`;
}

const dull = new Set(["workloads", "where", "and", "or", "not", "is", "in", "has", "except"]);

/** Nobody reads further for a name, and patterns have a stack. */
const readMax = 1000;

/** The last part of a lone name, else the first telling words of the expression. */
function wordsOf(text: string): string {
  const peer = text.slice(0, readMax);
  const lone = /^\s*(?:[a-z0-9-]+\.)*([a-z][a-z0-9-]*)\s*$/.exec(peer)?.[1];
  if (lone !== undefined) return lone;
  const words = peer.match(/[a-z][a-z0-9]*(?:-[a-z0-9]+)*/g) ?? [];
  const telling = words.filter((word) => !dull.has(word)).slice(0, wordsMax);
  return telling.join("-") || "workloads";
}
