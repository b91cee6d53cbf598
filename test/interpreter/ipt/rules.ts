// One `-A` line of an iptables table -> a rule.
import { bitsOf, type Family, parseAddresses } from "../address.ts";
import { LoadFault } from "../fault.ts";
import { all, type Formula, is, not, within } from "../formula.ts";
import type { Action } from "../program.ts";
import { type Module, modules, targetOptions } from "./modules.ts";
import type { Option } from "./options.ts";
import type { IpSets } from "./sets.ts";
import { type Line, protocolNumbers, protocolOf } from "./words.ts";

export interface RuleText {
  readonly chain: string;
  readonly when: Formula;
  /** Undefined for a rule that only logs or counts. */
  readonly action: Action | undefined;
  readonly line: number;
  /** Names of the modules that it uses. */
  readonly uses: ReadonlySet<string>;
}

interface Group {
  readonly name: string;
  readonly module: Module;
  readonly options: Option[];
}

export function readRule({ words, line }: Line, family: Family, sets: IpSets): RuleText {
  return new RuleReader(words, line, family).read(sets);
}

/** What a rule may say once. */
const single = new Set(
  [
    ["-p", "--protocol", "-s", "--source", "-d", "--destination"],
    ["-i", "--in-interface", "-o", "--out-interface", "-j", "--jump", "-g", "--goto"],
  ].flat(),
);

class RuleReader {
  private readonly words: readonly string[];
  private readonly line: number;
  private readonly family: Family;
  private place = 0;
  private readonly groups: Group[] = [];
  private readonly conditions: Formula[] = [];
  private readonly seen = new Set<string>();
  private protocol: { readonly number: number; readonly name: string } | undefined;
  private chain = "";
  private target: { readonly name: string; readonly isGoto: boolean } | undefined;

  constructor(words: readonly string[], line: number, family: Family) {
    this.words = words;
    this.line = line;
    this.family = family;
  }

  read(sets: IpSets): RuleText {
    if (/^\[\d+:\d+\]$/.test(this.words[0] ?? "")) this.place += 1;
    if (!["-A", "--append"].includes(this.next())) this.fail("only -A is known");
    this.chain = this.next();
    while (this.place < this.words.length) this.readOption();
    const { family, line } = this;
    const context = { family, sets, line, protocol: this.protocol?.number };
    const matches = this.groups.map(({ module, options }) => module.formula(options, context));
    const uses = new Set(this.groups.map(({ name }) => name));
    const action = this.action();
    if (uses.has("limit") && action !== undefined) this.fail("a verdict that depends on a rate");
    return { chain: this.chain, when: all(...this.conditions, ...matches), action, line, uses };
  }

  private readOption(): void {
    const word = this.next();
    const inverted = word === "!";
    const name = inverted ? this.next() : word;
    if (single.has(name)) this.once(name);
    if (name === "-p" || name === "--protocol") this.readProtocol(inverted);
    else if (name === "-s" || name === "--source") this.readAddresses("source", inverted);
    else if (name === "-d" || name === "--destination") this.readAddresses("destination", inverted);
    else if (name === "-i" || name === "--in-interface") this.readInterface(0, inverted);
    else if (name === "-o" || name === "--out-interface") this.readInterface(1, inverted);
    else if (name === "-m" || name === "--match") this.load(this.next());
    else if (["-j", "--jump", "-g", "--goto"].includes(name)) {
      this.target = { name: this.next(), isGoto: name === "-g" || name === "--goto" };
    } else this.readModuleOption(name, inverted);
  }

  private readProtocol(inverted: boolean): void {
    const name = this.next();
    if (name === "all" || name === "0") return;
    const number = protocolOf(name, this.line);
    const formula = is("protocol", number);
    this.conditions.push(inverted ? not(formula) : formula);
    const known = Object.entries(protocolNumbers).find(([, each]) => each === number)?.[0];
    if (!inverted) this.protocol = { number, name: number === 58 ? "icmp6" : (known ?? name) };
  }

  private readAddresses(side: "source" | "destination", inverted: boolean): void {
    const ranges = this.next()
      .split(",")
      .map((part) => {
        // A range is no single address here: that would be the module iprange.
        const found = part.includes("-") ? undefined : parseAddresses(part, this.family);
        return (
          found ?? this.fail(`no IPv${this.family} address of ${bitsOf(this.family)} bits: ${part}`)
        );
      });
    if (inverted && ranges.length > 1) this.fail("! with several addresses");
    const formula = within(`${side}${this.family}`, ranges);
    this.conditions.push(inverted ? not(formula) : formula);
  }

  private readInterface(direction: 0 | 1, inverted: boolean): void {
    if (this.next() !== "lo") this.fail("only lo is known");
    if (this.chain === (direction === 0 ? "OUTPUT" : "INPUT")) this.fail("no such interface here");
    const formula = all(is("direction", direction), is("loopback", 1));
    this.conditions.push(inverted ? not(formula) : formula);
  }

  private load(name: string): void {
    const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
    if (module === undefined) this.fail(`an unknown match: ${name}`);
    this.groups.push({ name, module, options: [] });
  }

  /** Belongs to the last module that knows it; `-p` brings the module of its protocol along. */
  private readModuleOption(name: string, inverted: boolean): void {
    const knows = (group: Group) => Object.hasOwn(group.module.options, name);
    const implicit = this.protocol?.name ?? "";
    const hasTarget = Object.hasOwn(targetOptions, this.target?.name ?? "");
    const ofTarget = hasTarget ? targetOptions[this.target?.name ?? ""]?.[name] : undefined;
    if (ofTarget !== undefined) {
      if (inverted) this.fail(`${name} cannot be inverted`);
      this.place += ofTarget;
      return;
    }
    if (!this.groups.some(knows) && Object.hasOwn(modules, implicit)) this.load(implicit);
    const group = this.groups.findLast(knows);
    if (group === undefined) this.fail(`an unknown option: ${name}`);
    if (group.options.some((each) => each.name === name)) this.fail(`${name} a second time`);
    const values = Array.from({ length: group.module.options[name] ?? 0 }, () => this.next());
    group.options.push({ name, values, inverted });
  }

  private action(): Action | undefined {
    const { target } = this;
    if (target === undefined) return undefined;
    if (target.isGoto) return { kind: "goto", chain: target.name };
    switch (target.name) {
      case "ACCEPT":
        return { kind: "accept" };
      case "DROP":
      case "REJECT":
        return { kind: "drop" };
      case "RETURN":
        return { kind: "return" };
      case "LOG":
      case "NFLOG":
        return undefined;
      default:
        return { kind: "jump", chain: target.name };
    }
  }

  private once(name: string): void {
    if (this.seen.has(name)) this.fail(`${name} a second time`);
    this.seen.add(name);
  }

  private next(): string {
    const word = this.words[this.place++];
    return word ?? this.fail("the rule ends too early");
  }

  private fail(message: string): never {
    throw new LoadFault(message, this.line);
  }
}
