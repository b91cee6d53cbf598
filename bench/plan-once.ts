// Plans a first apply of the estate in the folder given, of interfaces in a group as the console makes one, and
// then the edit of one rule, and prints how long each took and how many calls it is. Run as a child, so that
// nothing else counts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { noLinks } from "../compiler/plan/network-links.ts";
import { knownPrefix, parseAddress } from "../compiler/sets/address.ts";
import { nodeFiles } from "../host/node-files.ts";
import { type CloudTarget, cloudChange, cloudTarget } from "../library/cloud.ts";
import {
  groupTag,
  type LiveAccount,
  type LiveGroup,
  type LiveInterface,
  ownerTag,
} from "../targets/aws/account/account.ts";
import type { State } from "../targets/aws/transition/state.ts";
import type { Transition } from "../targets/aws/transition/transition.ts";

const now = "2026-11-23";
const [folder = "."] = process.argv.slice(2);
const files = nodeFiles(folder);
const target = read();
const [vpc = ""] = target.vpcs;

const anyone = ["0.0.0.0/0", "::/0"].map((text, at) => ({
  id: `sgr-${at}`,
  protocol: "-1",
  from: -1,
  to: -1,
  peer: { kind: "cidr" as const, cidr: knownPrefix(text) },
  description: "",
}));
const launch: LiveGroup = {
  id: "sg-launch",
  name: "launch-wizard-1",
  vpc,
  tags: new Map(),
  ingress: [],
  egress: anyone,
};

const before = liveOf([launch], () => [launch.id]);
const first = timed(() => cloudChange(target, before));
const { counts } = first.found.summary;
const after = reached(first.found.transition);

const edited = timed(() => read("tcp/7777"));
const second = timed(() => cloudChange(edited.found, after));
console.log(
  JSON.stringify({
    firstMs: first.ms,
    firstCalls: counts.calls,
    callsWanted: counts.groups.created * 4 + counts.attachments + 50,
    editMs: second.ms,
    editCalls: second.found.summary.counts.calls,
    proved: [first, second].every(
      ({ found }) => found.transition.excess.length + found.transition.gaps.length === 0,
    ),
    peakKib: process.resourceUsage().maxRSS,
  }),
);

/** @param port what one rule within a team is changed to */
function read(port?: string): CloudTarget {
  const changed = {
    ...files,
    read: (path: string, bytesMax: number) => {
      const found = files.read(path, bytesMax);
      if (!found.ok || port === undefined || path !== "t03.seg") return found;
      const text = new TextDecoder().decode(found.bytes);
      const edit = text.replace(/^(allow \S+ = s\d+ -> s\d+ : )\w+$/m, `$1${port}`);
      if (edit === text) throw new Error("no rule to edit");
      return { ...found, bytes: new TextEncoder().encode(edit) };
    },
  };
  const { target: found, diagnostics } = cloudTarget(changed, { now });
  if (found === undefined) throw new Error(diagnostics[0]?.message ?? "nothing compiled");
  return found;
}

function liveOf(
  groups: readonly LiveGroup[],
  carried: (id: string) => readonly string[],
): LiveAccount {
  const inventory: unknown = JSON.parse(readFileSync(join(folder, "inventory.json"), "utf8"));
  const records: readonly Record[] = Object(inventory).workloads;
  const interfaces = records.flatMap(({ addresses, enforcers }) =>
    enforcers.map(({ id }): LiveInterface => {
      const own = addresses.map(parseAddress).filter((one) => typeof one === "object");
      return { id, vpc, addresses: own, prefixes: [], groups: carried(id), service: undefined };
    }),
  );
  return { groups, interfaces, templates: [], prefixLists: new Map(), links: noLinks };
}

interface Record {
  readonly addresses: readonly string[];
  readonly enforcers: readonly { readonly id: string }[];
}

/** The account as the transition leaves it. */
function reached({ states, desired }: Transition): LiveAccount {
  const end: State = states.at(-1) ?? { groups: new Map(), carried: new Map(), lists: new Map() };
  let count = 0;
  const groups = [...end.groups].map(([id, { name, vpc: own, ingress, egress }]): LiveGroup => {
    const rules = (set: typeof ingress) =>
      [...set]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, rule]) => ({ ...rule, id: `sgr-${count++}` }));
    const planned = desired.created.get(id);
    const tags: readonly (readonly [string, string])[] =
      planned === undefined
        ? []
        : [
            [ownerTag, target.owner],
            [groupTag, planned],
          ];
    return {
      id,
      name,
      vpc: own,
      tags: new Map(tags),
      ingress: rules(ingress),
      egress: rules(egress),
    };
  });
  return liveOf(groups, (id) => end.carried.get(id) ?? []);
}

function timed<Found>(run: () => Found): { readonly ms: number; readonly found: Found } {
  const started = performance.now();
  const found = run();
  return { ms: performance.now() - started, found };
}
