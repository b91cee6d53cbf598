// The files of an artefact back as a plan: the script's data is read, and every other file must say the
// same rules and default actions by itself. Days on which rules end only the script knows.
import type { OutputFile, Parsed, ParseProblem } from "../../compiler/plan/target.ts";
import { readApplyData } from "./apply-data.ts";
import { applyHead, applyScriptPath, applyTail } from "./apply-script.ts";
import { defaultsOfNodes, ruleOfNodes } from "./csp.ts";
import { type CspRead, cspJsonPath, readCspJson } from "./csp-json.ts";
import { polPath, readPol } from "./pol-file.ts";
import { probePath, probeText } from "./probes.ts";
import { readReg, regPath } from "./reg-file.ts";
import { readRegistry } from "./registry.ts";
import { readRuleString } from "./rule-string.ts";
import { contentText, type FirewallRule, sortedRules, type WindowsPlan } from "./rules.ts";
import { readSyncml, syncmlPath } from "./syncml.ts";

/** One file that is not as it should be. */
class Fault extends Error {
  readonly path: string;
  readonly line: number;
  constructor(path: string, line: number, message: string) {
    super(message);
    this.path = path;
    this.line = line;
  }
}

export function parseWindows(files: readonly OutputFile[]): Parsed<WindowsPlan> {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  try {
    const plan = planOfScript(textAt(texts, applyScriptPath));
    const [wanted, readRule] = [wantedOf(plan), readOnce()];
    hold(wanted, planOfReg(textAt(texts, regPath), readRule), regPath);
    hold(wanted, planOfPol(textAt(texts, polPath), readRule), polPath);
    const parts = partsIn(texts);
    const [json, xml] = [
      planOfCsp(parts, cspJsonPath, (path) => jsonPart(path, texts)),
      planOfCsp(parts, syncmlPath, (path) => xmlPart(path, texts)),
    ];
    hold(wanted, json, cspJsonPath(0));
    hold(wanted, xml, syncmlPath(0));
    if (textAt(texts, probePath) !== probeText(plan)) throw new Fault(probePath, 1, "was changed");
    checkPaths(texts, parts);
    return { ok: true, plan: { ...plan, rules: sortedRules(plan.rules) } };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, problems: [problemOf(error)] };
    throw error;
  }
}

const problemOf = ({ path, line, message }: Fault): ParseProblem => ({ path, line, message });

function textAt(texts: ReadonlyMap<string, string>, path: string): string {
  const text = texts.get(path);
  if (text === undefined) throw new Fault(path, 1, "is missing");
  return text;
}

function planOfScript(text: string): WindowsPlan {
  const isFramed = text.startsWith(applyHead) && text.endsWith(applyTail);
  if (!isFramed) throw new Fault(applyScriptPath, firstChange(text), "was changed");
  const read = readApplyData(text.slice(applyHead.length, text.length - applyTail.length));
  if (read.ok) return read.plan;
  throw new Fault(applyScriptPath, linesIn(applyHead) + read.line, read.problem);
}

const linesIn = (text: string) => text.split("\n").length - 1;

function firstChange(text: string): number {
  const [own, found] = [applyHead.split("\n"), text.split("\n")];
  const at = own.slice(0, -1).findIndex((line, index) => line !== found[index]);
  if (at >= 0) return at + 1;
  const [end, last] = [applyTail.split("\n").reverse(), found.toReversed()];
  return found.length - end.findIndex((line, index) => line !== last[index]);
}

/** Both registry files say mostly the same strings. */
function readOnce(): typeof readRuleString {
  const known = new Map<string, ReturnType<typeof readRuleString>>();
  return (id, text) => {
    const key = `${id}\n${text}`;
    const rule = known.get(key) ?? readRuleString(id, text);
    known.set(key, rule);
    return rule;
  };
}

function planOfReg(text: string, readRule: typeof readRuleString): WindowsPlan {
  const read = readReg(text);
  if (!read.ok) throw new Fault(regPath, read.line, read.problem);
  const found = readRegistry(read.values, readRule);
  if (found.ok) return found.plan;
  const at = found.value === undefined ? 0 : read.values.indexOf(found.value);
  throw new Fault(regPath, read.lines[at] ?? 1, found.problem);
}

/** A binary file has no lines: its entries are counted. */
function planOfPol(text: string, readRule: typeof readRuleString): WindowsPlan {
  const read = readPol(text);
  if (!read.ok) throw new Fault(polPath, read.after + 1, read.problem);
  const found = readRegistry(read.values, readRule);
  if (found.ok) return found.plan;
  const at = found.value === undefined ? 0 : read.values.indexOf(found.value);
  throw new Fault(polPath, at + 1, found.problem);
}

const partsIn = (texts: ReadonlyMap<string, string>) =>
  [...texts.keys()].filter((path) => /^csp\/firewall-[0-9]+\.json$/.test(path)).length;

function planOfCsp(
  parts: number,
  pathOf: (part: number) => string,
  read: (path: string) => CspRead,
): WindowsPlan {
  let defaults: WindowsPlan["defaults"] | undefined;
  const rules: FirewallRule[] = [];
  for (let part = 0; part < parts; part++) {
    const path = pathOf(part);
    const { profiles, rules: own } = read(path);
    const isLast = part === parts - 1;
    if ((profiles === undefined) === isLast) {
      throw new Fault(path, 1, isLast ? "has no profiles" : "has profiles before the last part");
    }
    const found = profiles === undefined ? defaults : defaultsOfNodes(profiles);
    if (typeof found === "string") throw new Fault(path, 1, found);
    defaults = found;
    for (const { id, nodes } of own) {
      const rule = ruleOfNodes(id, nodes);
      if (typeof rule === "string") throw new Fault(path, 1, `\`${id}\` ${rule}`);
      rules.push(rule);
    }
  }
  if (defaults === undefined) throw new Fault(pathOf(0), 1, "is missing");
  return { defaults, rules };
}

function jsonPart(path: string, texts: ReadonlyMap<string, string>): CspRead {
  const read = readCspJson(textAt(texts, path));
  if (read === undefined) throw new Fault(path, 1, "is not what segc writes");
  return read;
}

function xmlPart(path: string, texts: ReadonlyMap<string, string>): CspRead {
  const read = readSyncml(textAt(texts, path));
  if (typeof read === "number") throw new Fault(path, read, "is not what segc writes");
  return read;
}

/** What every file must say: rules by their ids. */
interface Wanted {
  readonly defaults: WindowsPlan["defaults"];
  readonly contents: ReadonlyMap<string, string>;
}

function wantedOf({ defaults, rules }: WindowsPlan): Wanted {
  const contents = new Map(rules.map((rule) => [rule.id, contentText(rule)]));
  if (contents.size < rules.length)
    throw new Fault(applyScriptPath, 1, "has two rules of one name");
  return { defaults, contents };
}

/** The same rules under the same ids, and the same default actions. */
function hold({ defaults, contents }: Wanted, other: WindowsPlan, path: string): void {
  for (const direction of ["ingress", "egress"] as const) {
    if (defaults[direction] === other.defaults[direction]) continue;
    const message = `has another default action for ${direction} than ${applyScriptPath}`;
    throw new Fault(path, 1, message);
  }
  const found = new Set<string>();
  for (const rule of other.rules) {
    if (found.has(rule.id)) throw new Fault(path, 1, `has \`${rule.id}\` twice`);
    found.add(rule.id);
    if (contents.get(rule.id) === contentText(rule)) continue;
    throw new Fault(path, 1, `has \`${rule.id}\` otherwise than ${applyScriptPath}`);
  }
  const missing = [...contents.keys()].find((id) => !found.has(id));
  if (missing !== undefined) throw new Fault(path, 1, `does not have \`${missing}\``);
}

function checkPaths(texts: ReadonlyMap<string, string>, parts: number): void {
  const known = new Set([applyScriptPath, regPath, polPath, probePath]);
  for (let part = 0; part < parts; part++) known.add(cspJsonPath(part)).add(syncmlPath(part));
  const stranger = [...texts.keys()].find((path) => !known.has(path));
  if (stranger !== undefined) throw new Fault(stranger, 1, "is no file of segc's");
}
