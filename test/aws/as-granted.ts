// What is taken for granted of an artefact beyond that it is proved. Of whom it may let in more than it must: of
// workloads that their own groups hold back, by prefixes that have somebody outside whom the policy allows there.
// And what is open because nothing enforces it is open in both families. Judged from artefacts alone.
import {
  type AwsPacket,
  type GroupsDocument,
  isInside,
  type RuleRecord,
  rulesAt,
  saysPeer,
  saysService,
} from "./evaluator.ts";

/** @param exact an artefact that lets in nothing more; `addresses` those of each workload */
export function asGranted(
  exact: GroupsDocument,
  addresses: ReadonlyMap<string, readonly string[]>,
): (draft: GroupsDocument) => boolean {
  const addressesOf = (workload: string) => addresses.get(workload) ?? [];
  const carriers = exact.attachments.filter(({ groups }) => groups !== null);
  const inside = [...new Set(carriers.flatMap(({ workload }) => addressesOf(workload)))];
  const known = [...new Set([...addresses.values()].flat())];
  const isOpen = ({ cidr }: RuleRecord, open: readonly string[]) =>
    cidr !== undefined &&
    open.some((other) => {
      const narrow = lengthOf(cidr) >= lengthOf(other) ? cidr : other;
      return meet(cidr, other) && hasStranger(narrow, known);
    });
  const isOpenAsBefore = (draft: GroupsDocument, workload: string) =>
    (["ingress", "egress"] as const).every((side) => {
      const found = rulesAt(draft, workload, side).filter(({ protocol }) => protocol === "-1");
      return rulesAt(exact, workload, side)
        .filter(({ cidr, rules }) => rules?.length === 0 && everybody.includes(cidr ?? ""))
        .every((rule) => found.some(({ cidr }) => cidr === rule.cidr));
    });
  const sides = new Map(
    carriers.map(({ workload }) => {
      const wanted = rulesAt(exact, workload, "ingress");
      return [workload, { wanted, open: wanted.flatMap(({ cidr }) => cidr ?? []) }] as const;
    }),
  );
  // The same few rules stand in draft after draft.
  const judged = new Map<string, boolean>();
  return (draft) =>
    carriers.every(({ workload, network }) => {
      if (!isOpenAsBefore(draft, workload)) return false;
      const { wanted = [], open = [] } = sides.get(workload) ?? {};
      return rulesAt(draft, workload, "ingress").every((rule) => {
        const packetOf = (peer: string, edge: Edge): AwsPacket => ({
          ...{ direction: "ingress", workload, addressesOf, peer },
          ...edge,
        });
        const named = inside.filter((peer) =>
          saysPeer(draft, rule, packetOf(peer, { protocol: 6, detail: 0 }), network),
        );
        const { protocol, from, to, cidr = "" } = rule;
        const key = JSON.stringify([workload, protocol, from, to, cidr, named]);
        const isRight =
          judged.get(key) ??
          (isOpen(rule, open) ||
            edgesOf([rule, ...wanted]).every((edge) =>
              named.every((peer) => {
                const packet = packetOf(peer, edge);
                if (!isOfFamily(packet) || !saysService(rule, packet)) return true;
                if (!comes(peer, addressesOf(workload))) return true;
                return wanted.some(
                  (one) => saysService(one, packet) && saysPeer(exact, one, packet, network),
                );
              }),
            ));
        judged.set(key, isRight);
        return isRight;
      });
    });
}

const everybody = ["0.0.0.0/0", "::/0"];

type Edge = Pick<AwsPacket, "protocol" | "detail">;

const lengthOf = (cidr: string): number => Number(cidr.split("/")[1]);
const baseOf = (cidr: string): string => cidr.split("/")[0] ?? "";
const meet = (a: string, b: string): boolean => isInside(baseOf(a), b) || isInside(baseOf(b), a);

const hasStranger = (cidr: string, known: readonly string[]): boolean =>
  known.filter((one) => isInside(one, cidr)).length <
  2 ** ((cidr.includes(":") ? 128 : 32) - lengthOf(cidr));

/** Whether packets of that peer's family come to somebody with some addresses, if any are known. */
const comes = (peer: string, own: readonly string[]): boolean =>
  own.length === 0 || own.some((one) => one.includes(":") === peer.includes(":"));

const isOfFamily = ({ protocol, peer }: AwsPacket): boolean =>
  protocol !== (peer.includes(":") ? 1 : 58);

/** Packets at the edges of what rules say, and just beyond them. */
function edgesOf(rules: readonly RuleRecord[]): readonly Edge[] {
  const ports = rules.flatMap(({ from, to }) => [from - 1, from, to, to + 1]);
  const details = [...new Set([0, 443, 65535, ...ports])].filter(
    (port) => port >= 0 && port < 65536,
  );
  const types = rules.flatMap(({ from, to }) => [from * 256 + Math.max(to, 0), (from + 1) * 256]);
  const icmp = [...new Set([2048, 32768, ...types])].filter((one) => one >= 0 && one < 65536);
  const others = rules.flatMap(({ protocol }) =>
    /^\d+$/.test(protocol) ? [Number(protocol)] : [],
  );
  return [
    ...[6, 17].flatMap((protocol) => details.map((detail) => ({ protocol, detail }))),
    ...[1, 58].flatMap((protocol) => icmp.map((detail) => ({ protocol, detail }))),
    ...[...new Set([47, 50, ...others])].map((protocol) => ({ protocol, detail: 0 })),
  ];
}
