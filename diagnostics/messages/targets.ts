// SEG9xx: what the targets make of a policy, and what of that cannot be.
import { error, warning } from "../message.ts";

export const targetMessages = {
  SEG901: error({
    name: "quota-exceeded",
    title: "An artefact above a quota of the project",
    verb: "compile",
    message: (p: {
      workload: string;
      others: number;
      target: string;
      /** What is counted: `rules`, `elements`, `bytes`, or what an account counts. */
      of: string;
      count: number;
      limit: number;
      minimised: boolean;
      /** What each rule of the policy costs by itself, greatest first. */
      dearest: readonly { readonly rule: string; readonly cost: number }[];
    }) =>
      `${p.target} for \`${p.workload}\`${p.others > 0 ? ` and ${p.others} more` : ""}: ${p.count} ${p.of}${p.minimised ? " after minimising" : ""}, quota ${p.limit}; what costs most: ${p.dearest.map(({ rule, cost }) => `\`${rule}\` (${cost})`).join(", ") || "what every artefact holds"}`,
    help: (p) =>
      p.target === "aws"
        ? "narrow the rules that cost most, raise the quota, or name wider peers: `internet` is some 50 prefixes of IPv4 and 130 of IPv6, `outside` and `anywhere` mostly one of each"
        : p.minimised
          ? "narrow the rules that cost most, raise the quota, or give them fewer and wider peers"
          : "compile with `--minimise on`, narrow the rules that cost most, or raise the quota",
  }),
  SEG904: warning({
    name: "containers-bypass-filter",
    title: "Containers published past the packet filter of their host",
    message: (p: { workloads: string; ports: string; enforcer: string }) =>
      `what comes to ${p.ports} of ${p.workloads} is forwarded to containers, unseen by ${p.enforcer} there: no rule holds it back`,
    help: () =>
      "run them in the network of the host, or filter the ports elsewhere: before the host, or in the container engine's own chain (`DOCKER-USER`)",
  }),
  SEG905: error({
    name: "too-many-programs",
    title: "Programs of one workload that make too many combinations",
    verb: "compile",
    message: (p: { workload: string; others: number; target: string }) =>
      `${p.target} for \`${p.workload}\`${p.others > 0 ? ` and ${p.others} more` : ""}: a process can be several of the programs named there at once, in more ways than can be told apart`,
    help: () =>
      "name the same field in each of them, `path` for one: programs that differ in it are never one process",
  }),
  SEG907: error({
    name: "windows-cannot-say",
    title: "A rule that the Windows Firewall has no words for",
    verb: "compile",
    message: (p: {
      why:
        | "one-direction"
        | "not-blocked"
        | "not-exact"
        | "tag"
        | "no-sid"
        | "no-path"
        | "no-service"
        | "service-and-user";
      rule: string;
      /** The value of the field that is in the way. */
      detail: string;
      workload: string;
      others: number;
    }) => {
      const at = `the Windows Firewall of \`${p.workload}\`${p.others > 0 ? ` and ${p.others} more` : ""}`;
      switch (p.why) {
        case "one-direction":
          return `${at} is to be enforced in one direction only, and cannot be: rules of others are put out of force in both`;
        case "not-blocked":
          return `\`${p.rule}\` refuses a program what others may do, and rules of ${at} only say whom they allow`;
        case "not-exact":
          return `\`${p.rule}\` lets through what a refused program is part of: a rule that blocks beats it at ${at}`;
        case "tag":
          return `\`${p.detail}\` of a program in \`${p.rule}\` needs application-control tags, which this version does not make for ${at}`;
        case "no-sid":
          return `the user \`${p.detail}\` in \`${p.rule}\` has no security identifier of an account for ${at}`;
        case "no-path":
          return `\`${p.detail}\` in \`${p.rule}\` is no path of an executable that ${at} can name`;
        case "service-and-user":
          return `a program in \`${p.rule}\` is told by a service and a user at once, which no rule can be for ${at}`;
        case "no-service":
          return `\`${p.detail}\` in \`${p.rule}\` is no name of a service that ${at} can name`;
      }
    },
    help: (p) => {
      switch (p.why) {
        case "one-direction":
          return "list both directions in the inventory, and `observe` the one that is not to be enforced yet";
        case "not-blocked":
          return "allow only the programs that may pass, or set `targets: { windows: { blockRules: true } }` in `segc.yaml`: such a rule also beats what others allow on these hosts";
        case "not-exact":
          return "allow the programs that may pass instead of refusing one of them";
        case "tag":
          return "name the program by `path`, `service` or `user`";
        case "no-sid":
          return "give it in the inventory: `users: { NAME: S-1-5-21-… }` of the workload; groups are no users";
        case "no-path":
          return "write it as `C:\\\\Folder\\\\program.exe`, or with a variable: `%SystemRoot%\\\\…`; wildcards match nothing";
        case "service-and-user":
          return "name one of the two: a service runs as one user";
        case "no-service":
          return "use the short name that `Get-Service` shows";
      }
    },
  }),
  SEG906: error({
    name: "addresses-told-apart",
    title: "An interface that no list of groups is right for",
    verb: "compile",
    message: (
      p: { target: string } & (
        | {
            why: "told-apart" | "several-realms" | "no-realm" | "several-networks";
            workload: string;
          }
        | { why: "shared"; workload: string; enforcer: string; other: string }
        | { why: "realms"; workload: string; network: string; realms: readonly string[] }
        | { why: "joined"; networks: readonly [string, string] }
      ),
    ) => {
      switch (p.why) {
        case "joined":
          return `${p.target}: networks \`${p.networks[0]}\` and \`${p.networks[1]}\` are joined by \`targets: aws:\` of segc.yaml and are of two realms, in which an address is not one host's`;
        case "told-apart":
          return `${p.target}: rules treat some addresses of \`${p.workload}\` otherwise than others, and a security group lets through the same at all of them`;
        case "several-realms":
          return `${p.target}: \`${p.workload}\` has addresses in several realms, and a security group is of one network`;
        case "several-networks":
          return `${p.target}: interfaces of \`${p.workload}\` are in several networks, and a security group is of one`;
        case "realms":
          return `${p.target}: network \`${p.network}\` has interfaces of realms ${p.realms.map((realm) => `\`${realm}\``).join(" and ")} (\`${p.workload}\` among them), whose addresses its groups would not tell apart`;
        case "no-realm":
          return `${p.target}: \`${p.workload}\` has no address, so that nothing says which of several realms its interface is in`;
        default:
          return `${p.target}: \`${p.workload}\` and \`${p.other}\` name one interface, \`${p.enforcer}\`, which carries one list of groups`;
      }
    },
    help: (p) =>
      p.why === "no-realm"
        ? "give it an address"
        : p.why === "realms"
          ? "give all addresses of one network one realm"
          : p.why === "joined"
            ? "give the addresses of both one realm, or do not join them there"
            : "make each interface a workload of its own, with its addresses and its enforcer",
  }),
} as const;
