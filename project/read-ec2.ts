// Saved answers of EC2 as records of an inventory: a network interface is a workload, with the addresses, the
// network and the groups that it has. Tags and platform are those of the machine it is attached to, where that
// is known; tags of its own come before. Shapes: @aws-sdk/client-ec2, DescribeNetworkInterfacesResult and
// DescribeInstancesResult.
import type { RecordFault } from "../diagnostics/messages/inventory.ts";

export type Ec2Read =
  | { readonly ok: true; readonly records: readonly unknown[] }
  | { readonly ok: false; readonly fault: RecordFault };

export const interfacesKey = "NetworkInterfaces";
export const instancesKey = "Reservations";

/** What one saved answer says of its list; `call` is the one that prints such an answer. */
interface Answer {
  readonly path: string;
  readonly value: unknown;
  readonly key: string;
  readonly call: string;
}

/**
 * One record for each interface, in their order. What its fields hold is checked as of any record.
 * @param realm of all addresses; undefined: each network is a realm of its own
 */
export function ec2Records(
  interfaces: Pick<Answer, "path" | "value">,
  instances: Pick<Answer, "path" | "value"> | undefined,
  realm: string | undefined,
): Ec2Read {
  const own = { ...interfaces, key: interfacesKey, call: "describe-network-interfaces" };
  const machines = instances && { ...instances, key: instancesKey, call: "describe-instances" };
  const fault = [own, ...(machines === undefined ? [] : [machines])].flatMap(
    (answer) => faultOf(answer) ?? [],
  )[0];
  if (fault !== undefined) return { ok: false, fault };
  const byId = machinesById(machines?.value);
  return { ok: true, records: listAt(own.value, own.key).map((one) => recordOf(one, byId, realm)) };
}

function faultOf({ path, value, key, call }: Answer): RecordFault | undefined {
  const { [key]: list, NextToken } = fieldsOf(value);
  const isList = Array.isArray(list) && list.every((one) => Object.keys(fieldsOf(one)).length > 0);
  if (!isList) return { why: "ec2", path, call, key };
  return NextToken === undefined || NextToken === null
    ? undefined
    : { why: "ec2", path, call, key: undefined };
}

interface Machine {
  readonly platform: string;
  readonly tags: Readonly<Record<string, string>>;
}

function machinesById(answer: unknown): ReadonlyMap<string, Machine> {
  const machines = listAt(answer, instancesKey).flatMap((one) => listAt(one, "Instances"));
  return new Map(
    machines.map((machine) => {
      const { InstanceId, Tags } = fieldsOf(machine);
      return [String(InstanceId), { platform: platformOf(machine), tags: tagsOf(Tags) }] as const;
    }),
  );
}

/** `Platform` is `windows` or missing; `PlatformDetails` names the system as the bill does. */
function platformOf(machine: unknown): string {
  const { Platform, PlatformDetails } = fieldsOf(machine);
  const details = String(PlatformDetails ?? "");
  if (String(Platform ?? "").toLowerCase() === "windows" || /windows/i.test(details))
    return "windows";
  return /linux|suse|ubuntu/i.test(details) || details === "" ? "linux" : "other";
}

function recordOf(
  value: unknown,
  machines: ReadonlyMap<string, Machine>,
  stated: string | undefined,
): unknown {
  const one = fieldsOf(value);
  const { NetworkInterfaceId: id, VpcId: network, Attachment, TagSet, Groups } = one;
  const realm = stated ?? network;
  const { InstanceId, DeviceIndex, NetworkCardIndex = 0 } = fieldsOf(Attachment);
  const machine = machines.get(String(InstanceId));
  const isFirst = InstanceId !== undefined && DeviceIndex === 0 && NetworkCardIndex === 0;
  const addresses = [
    ...listAt(one, "PrivateIpAddresses").map((each) => fieldsOf(each).PrivateIpAddress),
    ...listAt(one, "Ipv6Addresses").map((each) => fieldsOf(each).Ipv6Address),
  ];
  const platform = InstanceId === undefined ? "other" : machine?.platform;
  // A NAT gateway has none, and nothing filters before it.
  const isApart = network !== undefined && network !== realm;
  const directions = ["egress", "ingress"];
  const hasGroups = Array.isArray(Groups) && Groups.length > 0;
  return {
    name: isFirst ? InstanceId : id,
    ...(platform === undefined ? {} : { platform }),
    tags: { ...machine?.tags, ...tagsOf(TagSet) },
    ...(isBalancer(one) ? { balancer: true } : {}),
    addresses: addresses.map((ip) => (realm === undefined ? ip : { ip, realm })),
    enforcers: hasGroups ? [{ kind: "aws-sg", id, directions, ...(isApart && { network }) }] : [],
  };
}

/** By its type, or as balancers that have interfaces of no type of their own are described. */
function isBalancer({ InterfaceType, RequesterId, Description }: ReturnType<typeof fieldsOf>) {
  return (
    /^(network|gateway)_load_balancer$/.test(String(InterfaceType)) ||
    RequesterId === "amazon-elb" ||
    /^ELB /.test(String(Description ?? ""))
  );
}

const tagsOf = (list: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Array.isArray(list) ? list : []).map((tag: unknown) => {
      const { Key, Value } = fieldsOf(tag);
      return [String(Key), String(Value ?? "")] as const;
    }),
  );

/** Empty for what is no mapping. */
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object(value) : {};

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = fieldsOf(value)[key];
  return Array.isArray(list) ? list : [];
}
