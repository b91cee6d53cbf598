// A request of EC2's query protocol as data: `IpPermissions.1.IpRanges.2.CidrIp=…`. Lists count from 1.

export interface Parameters {
  readonly [key: string]: Parameters | string | undefined;
}

export function parametersOf(body: string): Parameters {
  const root: Record<string, unknown> = {};
  for (const [path, value] of new URLSearchParams(body)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let at = root;
    for (const key of keys) {
      at[key] ??= {};
      at = Object(at[key]);
    }
    at[last] = value;
  }
  return Object(root);
}

/** The items of a list, in order; the SDK writes `Key.1`, some clients `Key.member.1`. */
export function listAt(parameters: Parameters, key: string): readonly (Parameters | string)[] {
  const list = parameters[key];
  if (list === undefined || typeof list === "string") return [];
  return Object.keys(list)
    .sort((a, b) => Number(a) - Number(b))
    .map((index) => list[index])
    .filter((item) => item !== undefined);
}

export const recordsAt = (parameters: Parameters, key: string): readonly Parameters[] =>
  listAt(parameters, key).filter((one): one is Parameters => typeof one !== "string");

export const textsAt = (parameters: Parameters, key: string): readonly string[] =>
  listAt(parameters, key).filter((one): one is string => typeof one === "string");

export function textAt(parameters: Parameters, key: string): string | undefined {
  const value = parameters[key];
  return typeof value === "string" ? value : undefined;
}
