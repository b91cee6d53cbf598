// A small EC2: networks, groups, interfaces and what may be done to them, by platforms.md A.2 to A.5. Written
// from AWS's documentation to be read as such; it shares nothing with compiler/ or targets/.
import { DataPlane, type Way } from "./data-plane.ts";
import { Ec2Fault } from "./fault.ts";
import { nearOf } from "./links.ts";
import { type Parameters, recordsAt, textAt, textsAt } from "./parameters.ts";
import { isNamed, modifyList, newList, type StoredList } from "./prefix-lists.ts";
import { keyOf, rulesOf, type StoredRule } from "./rule-values.ts";

export interface StoredGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpc: string;
  readonly tags: Map<string, string>;
  readonly ingress: Map<string, StoredRule>;
  readonly egress: Map<string, StoredRule>;
}

export interface StoredInterface {
  readonly id: string;
  readonly vpc: string;
  readonly addresses: readonly string[];
  groups: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  /** The service it belongs to: EC2 changes nothing of it. */
  readonly service: string | undefined;
}

export interface Quotas {
  readonly rulesPerGroup: number;
  readonly groupsPerInterface: number;
  readonly groupsPerRegion: number;
}

const defaults: Quotas = { rulesPerGroup: 60, groupsPerInterface: 5, groupsPerRegion: 2500 };

const anyone = ["0.0.0.0/0", "::/0"].map((text) => ({
  kind: "cidr" as const,
  family: text.includes(":") ? (6 as const) : (4 as const),
  text,
}));

export class Account {
  readonly groups = new Map<string, StoredGroup>();
  readonly interfaces = new Map<string, StoredInterface>();
  /** As EC2 answers them: versions of launch templates by the id of the template. */
  readonly templates = new Map<
    string,
    { readonly name: string; readonly groups: readonly string[] }
  >();
  readonly prefixLists: Map<string, StoredList> = new Map();
  /** Active peering connections: the two networks of each, by id. */
  readonly peerings = new Map<string, readonly [string, string]>();
  /** Networks at each transit gateway; all of them let groups be named. */
  readonly transitGateways = new Map<string, readonly string[]>();
  readonly dataPlane: DataPlane;
  /** Whether rules across networks are of a peering that was there before. */
  isStale = false;
  readonly #quotas: Quotas;
  #last = 0;

  constructor(quotas: Partial<Quotas> = {}) {
    this.#quotas = { ...defaults, ...quotas };
    this.dataPlane = new DataPlane((at, group, direction) => this.#reaches(at, group, direction));
  }

  #id(kind: string): string {
    this.#last++;
    return `${kind}-${this.#last.toString(16).padStart(17, "0")}`;
  }

  /** A list of somebody's, as large as it is. */
  addList(id: string, entries: readonly string[], name = "by hand"): void {
    const family = entries.some((one) => one.includes(":")) ? "IPv6" : "IPv4";
    const version = 1;
    const max = entries.length;
    const state = "create-complete";
    const list = { id, name, family, tags: new Map(), entries, max, version, state } as const;
    this.prefixLists.set(id, { ...list });
    this.dataPlane.announce({ kind: "list", list: id, entries });
  }

  createList(parameters: Parameters): StoredList {
    const list = newList(this.#id("pl"), parameters);
    this.prefixLists.set(list.id, list);
    this.dataPlane.announce({ kind: "list", list: list.id, entries: list.entries });
    return list;
  }

  modifyList(parameters: Parameters): StoredList {
    const list = this.#list(parameters);
    modifyList(list, parameters, (max) => this.#fits(list, max));
    this.dataPlane.announce({ kind: "list", list: list.id, entries: list.entries });
    return list;
  }

  /** That something names it is said later on. */
  deleteList(parameters: Parameters): StoredList {
    const list = this.#list(parameters);
    if (isNamed(list, this.groups.values())) list.state = "delete-failed";
    else this.prefixLists.delete(list.id);
    return list;
  }

  #list(parameters: Parameters): StoredList {
    const id = textAt(parameters, "PrefixListId") ?? "";
    const list = this.prefixLists.get(id);
    if (list === undefined) throw new Ec2Fault("InvalidPrefixListID.NotFound", `no ${id}`);
    return list;
  }

  #fits(list: StoredList, max: number): boolean {
    const family = list.family === "IPv4" ? 4 : 6;
    return [...this.groups.values()].every((group) =>
      (["ingress", "egress"] as const).every((direction) => {
        const rules = [...group[direction].values()];
        const uses = rules.filter(({ peer }) => peer.kind === "list" && peer.id === list.id);
        const more = uses.length * (max - (list.max ?? 0));
        return more <= 0 || this.#count(rules, family) + more <= this.#quotas.rulesPerGroup;
      }),
    );
  }

  /** A network with its default group, which lets its own members in and everything out. */
  createVpc(): string {
    const vpc = this.#id("vpc");
    const group = this.#group("default", "default VPC security group", vpc, new Map());
    this.#store(group, "ingress", {
      protocol: "-1",
      from: -1,
      to: -1,
      peer: { kind: "group", id: group.id },
      description: "",
    });
    return vpc;
  }

  peer(one: string, other: string): string {
    const id = this.#id("pcx");
    this.peerings.set(id, [one, other]);
    return id;
  }

  createTransitGateway(vpcs: readonly string[]): string {
    const id = this.#id("tgw");
    this.transitGateways.set(id, vpcs);
    return id;
  }

  createInterface(
    vpc: string,
    addresses: readonly string[],
    {
      groups,
      tags = {},
      service,
    }: {
      readonly groups?: readonly string[];
      readonly tags?: Readonly<Record<string, string>>;
      readonly service?: string;
    } = {},
  ): string {
    const id = this.#id("eni");
    const own = groups ?? [this.defaultGroup(vpc)];
    this.interfaces.set(id, {
      id,
      vpc,
      addresses,
      groups: own,
      tags: new Map(Object.entries(tags)),
      service,
    });
    this.dataPlane.addInterface(id, addresses);
    // A new interface is told everything that is there.
    for (const one of this.interfaces.values()) {
      this.dataPlane.announce({ kind: "carry", interface: one.id, groups: one.groups });
    }
    for (const { id: list, entries } of this.prefixLists.values()) {
      this.dataPlane.announce({ kind: "list", list, entries });
    }
    for (const group of this.groups.values()) {
      for (const direction of ["ingress", "egress"] as const) {
        for (const rule of group[direction].values()) {
          this.dataPlane.announce({
            kind: "rule",
            group: group.id,
            direction,
            rule,
            isThere: true,
          });
        }
      }
    }
    return id;
  }

  defaultGroup(vpc: string): string {
    const found = [...this.groups.values()].find(
      (one) => one.vpc === vpc && one.name === "default",
    );
    return found?.id ?? "";
  }

  #group(name: string, description: string, vpc: string, tags: Map<string, string>): StoredGroup {
    const id = this.#id("sg");
    const group = { id, name, description, vpc, tags, ingress: new Map(), egress: new Map() };
    this.groups.set(id, group);
    for (const peer of anyone) {
      this.#store(group, "egress", { protocol: "-1", from: -1, to: -1, peer, description: "" });
    }
    return group;
  }

  #store(group: StoredGroup, direction: Way, rule: Omit<StoredRule, "id">): StoredRule {
    const stored = { ...rule, id: this.#id("sgr") };
    group[direction].set(keyOf(rule), stored);
    this.dataPlane.announce({
      kind: "rule",
      group: group.id,
      direction,
      rule: stored,
      isThere: true,
    });
    return stored;
  }

  createGroup(parameters: Parameters): StoredGroup {
    const name = textAt(parameters, "GroupName") ?? "";
    const description = textAt(parameters, "GroupDescription") ?? "";
    const vpc = textAt(parameters, "VpcId") ?? "";
    if (!/^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(name)) {
      throw new Ec2Fault("InvalidParameterValue", `Invalid security group name '${name}'`);
    }
    if (!/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(description)) {
      throw new Ec2Fault("InvalidParameterValue", `Invalid security group description`);
    }
    const all = [...this.groups.values()];
    if (!all.some((one) => one.vpc === vpc))
      throw new Ec2Fault("InvalidVpcID.NotFound", `no ${vpc}`);
    if (all.some((one) => one.vpc === vpc && one.name.toLowerCase() === name.toLowerCase())) {
      throw new Ec2Fault("InvalidGroup.Duplicate", `The security group '${name}' already exists`);
    }
    if (all.length >= this.#quotas.groupsPerRegion) {
      throw new Ec2Fault("SecurityGroupLimitExceeded", "The maximum number of groups is reached");
    }
    const tags = recordsAt(parameters, "TagSpecification").flatMap((one) => recordsAt(one, "Tag"));
    return this.#group(name, description, vpc, tagMap(tags));
  }

  deleteGroup(id: string): void {
    const group = this.#find(id);
    if (group.name === "default") throw new Ec2Fault("CannotDelete", "the default group stays");
    const carried = [...this.interfaces.values()].some(({ groups }) => groups.includes(id));
    const named = [...this.groups.values()].some(
      (one) =>
        one.id !== id &&
        [...one.ingress.values(), ...one.egress.values()].some(
          ({ peer }) => peer.kind === "group" && peer.id === id,
        ),
    );
    if (carried || named) {
      throw new Ec2Fault("DependencyViolation", `resource ${id} has a dependent object`);
    }
    this.groups.delete(id);
    for (const direction of ["ingress", "egress"] as const) {
      for (const rule of group[direction].values()) {
        this.dataPlane.announce({ kind: "rule", group: id, direction, rule, isThere: false });
      }
    }
  }

  /** All or nothing. */
  authorize(parameters: Parameters, direction: Way): readonly StoredRule[] {
    const group = this.#find(textAt(parameters, "GroupId") ?? "");
    const rules = recordsAt(parameters, "IpPermissions").flatMap(rulesOf);
    if (rules.length === 0) throw new Ec2Fault("MissingParameter", "no permissions");
    const keys = rules.map(keyOf);
    if (new Set(keys).size < keys.length) {
      throw new Ec2Fault(
        "InvalidParameterValue",
        "the same permission must not appear multiple times",
      );
    }
    if (keys.some((key) => group[direction].has(key))) {
      throw new Ec2Fault("InvalidPermission.Duplicate", "the specified rule already exists");
    }
    for (const { peer } of rules) this.#checkPeer(peer, group.vpc, direction);
    for (const family of [4, 6] as const) {
      const count = this.#count([...group[direction].values(), ...rules], family);
      if (count > this.#quotas.rulesPerGroup) {
        throw new Ec2Fault(
          "RulesPerSecurityGroupLimitExceeded",
          "The maximum number of rules per security group has been reached.",
        );
      }
    }
    return rules.map((rule) => this.#store(group, direction, rule));
  }

  /** What names a group of a network that is not joined any more does nothing. */
  #reaches(at: string, group: string, direction: Way): boolean {
    const vpc = this.interfaces.get(at)?.vpc ?? "";
    const other = this.groups.get(group)?.vpc;
    return other === undefined || nearOf(this, vpc, direction).has(other);
  }

  #checkPeer(peer: StoredRule["peer"], vpc: string, direction: Way): void {
    const near = nearOf(this, vpc, direction);
    if (peer.kind === "group" && !near.has(this.groups.get(peer.id)?.vpc ?? "")) {
      throw new Ec2Fault("InvalidGroup.NotFound", `The security group '${peer.id}' does not exist`);
    }
    if (peer.kind === "list" && !this.prefixLists.has(peer.id)) {
      throw new Ec2Fault("InvalidPrefixListID.NotFound", `no ${peer.id}`);
    }
  }

  #count(rules: readonly Omit<StoredRule, "id">[], family: 4 | 6): number {
    return rules.reduce((sum, { peer }) => {
      if (peer.kind === "list") {
        const list = this.prefixLists.get(peer.id);
        return sum + (list?.family === `IPv${family}` ? (list.max ?? 1) : 0);
      }
      return sum + Number(peer.kind === "group" || peer.family === family);
    }, 0);
  }

  /** By ids, or by what the rules say: all or nothing. */
  revoke(parameters: Parameters, direction: Way): void {
    const group = this.#find(textAt(parameters, "GroupId") ?? "");
    const ids = textsAt(parameters, "SecurityGroupRuleId");
    const said = recordsAt(parameters, "IpPermissions").flatMap(rulesOf).map(keyOf);
    if (said.some((key) => !group[direction].has(key))) {
      throw new Ec2Fault("InvalidPermission.NotFound", "The specified rule does not exist");
    }
    const keys =
      said.length > 0
        ? said
        : ids.map((id) => [...group[direction]].find(([, rule]) => rule.id === id)?.[0]);
    if (keys.length === 0) throw new Ec2Fault("MissingParameter", "no rules");
    const missing = ids.find((_, at) => keys[at] === undefined);
    if (missing !== undefined) {
      throw new Ec2Fault(
        "InvalidSecurityGroupRuleId.NotFound",
        `The rule ${missing} does not exist`,
      );
    }
    for (const key of keys) {
      const rule = group[direction].get(key ?? "");
      if (rule === undefined) continue;
      group[direction].delete(key ?? "");
      this.dataPlane.announce({ kind: "rule", group: group.id, direction, rule, isThere: false });
    }
  }

  attach(parameters: Parameters): void {
    const id = textAt(parameters, "NetworkInterfaceId") ?? "";
    const found = this.interfaces.get(id);
    if (found === undefined) {
      throw new Ec2Fault(
        "InvalidNetworkInterfaceID.NotFound",
        `The interface '${id}' does not exist`,
      );
    }
    if (found.service !== undefined) {
      throw new Ec2Fault("OperationNotPermitted", "You are not allowed to manage this interface");
    }
    const groups = textsAt(parameters, "SecurityGroupId");
    if (groups.length === 0) throw new Ec2Fault("MissingParameter", "no groups");
    for (const group of groups) {
      if (this.#find(group).vpc !== found.vpc) {
        throw new Ec2Fault("InvalidGroup.NotFound", `${group} is of another network`);
      }
    }
    if (groups.length > this.#quotas.groupsPerInterface) {
      throw new Ec2Fault("SecurityGroupsPerInterfaceLimitExceeded", "too many groups");
    }
    found.groups = [...new Set(groups)];
    this.dataPlane.announce({ kind: "carry", interface: id, groups: found.groups });
  }

  tag(parameters: Parameters): void {
    for (const id of textsAt(parameters, "ResourceId")) {
      const { tags } = this.prefixLists.get(id) ?? this.#find(id);
      for (const [key, value] of tagMap(recordsAt(parameters, "Tag"))) tags.set(key, value);
    }
  }

  #find(id: string): StoredGroup {
    const group = this.groups.get(id);
    if (group !== undefined) return group;
    throw new Ec2Fault("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
  }
}

const tagMap = (tags: readonly Parameters[]): Map<string, string> =>
  new Map(tags.map((tag) => [textAt(tag, "Key") ?? "", textAt(tag, "Value") ?? ""]));
