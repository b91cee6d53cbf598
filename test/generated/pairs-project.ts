// Random projects in which many networks and many ports meet as no product puts them together: two
// servers, and rules for one network and one or two services each.
import fc from "fast-check";
import { type GeneratedProject, type GeneratedWorkload, projectOf } from "./project.ts";

const host = (role: GeneratedWorkload["role"]): GeneratedWorkload => ({
  env: "prod",
  role,
  app: undefined,
  handles: [],
  families: "both",
  enforcers: "both",
});

/** Hosts and prefixes in IPv6; in IPv4 nearly all the one or nearly all the other. */
const networks = (areHosts: boolean): readonly string[] =>
  Array.from({ length: 20 }, (_, at) => {
    const v4 = areHosts !== (at === 0) ? `192.0.2.${10 * at + 1}/32` : `198.51.${at}.64/27`;
    const v6 = at < 12 ? `2001:db8:a::${at + 1}/128` : `2001:db8:b:${at}::/64`;
    return `${v4}, ${v6}`;
  });

const services = [
  ...Array.from({ length: 20 }, (_, at) => `tcp/${8000 + 10 * at}`),
  ...Array.from({ length: 18 }, (_, at) => `udp/${9000 + 10 * at}`),
  "tcp/8300-8302",
  "icmp/echo",
];

const rule = fc.record({
  network: fc.nat(19),
  services: fc.subarray(services, { minLength: 1, maxLength: 2 }),
  isDeny: fc.nat(9).map((rare) => rare === 0),
  isOut: fc.nat(2).map((rare) => rare === 0),
});

/** Enough rules that pairs are cheaper; of hosts in IPv4, or of prefixes. */
export const pairsProjectOf = (areHosts: boolean): fc.Arbitrary<GeneratedProject> =>
  fc.array(rule, { minLength: 120, maxLength: 150 }).map((rules) =>
    projectOf(
      [host("web"), host("db")],
      rules.map(({ network, services: of, isDeny, isOut }, index) => {
        const from = `networks { ${networks(areHosts)[network]} }`;
        const to = index % 4 === 0 ? "workloads where role is db" : "workloads";
        const flow = isOut ? `${to} -> ${from}` : `${from} -> ${to}`;
        const service = of.length === 1 ? of[0] : `{ ${of.join(", ")} }`;
        return `${isDeny ? "deny" : "allow"} rule-${index + 1} = ${flow} : ${service}`;
      }),
    ),
  );

export const pairsProject: fc.Arbitrary<GeneratedProject> = fc.boolean().chain(pairsProjectOf);
