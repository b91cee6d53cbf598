// Rules of a group, and how they are counted.
import {
  AuthorizeSecurityGroupEgressCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { expect } from "vitest";
import {
  allow,
  type Ec2Case,
  idsOf,
  newGroup,
  prefixes,
  refused,
  revoke,
  rulesOf,
  web,
} from "./calls.ts";

export const ruleCases: readonly Ec2Case[] = [
  {
    name: "a rule comes back as it was given, with an id",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      const IpRanges = [{ CidrIp: "198.51.100.0/24", Description: "shop.office" }];
      await allow(world, group, { IpProtocol: "tcp", FromPort: 22, ToPort: 23, IpRanges });
      expect(await rulesOf(world, group)).toMatchObject([
        {
          SecurityGroupRuleId: expect.stringMatching(/^sgr-/),
          IpProtocol: "tcp",
          FromPort: 22,
          ToPort: 23,
          CidrIpv4: "198.51.100.0/24",
          Description: "shop.office",
        },
      ]);
    },
  },
  {
    name: "a description has letters, digits and some signs",
    facts: ["descriptions have an alphabet"],
    run: async (world) => {
      const group = await newGroup(world);
      const IpRanges = [{ CidrIp: "198.51.100.0/24", Description: 'a "quote"' }];
      const call = allow(world, group, { IpProtocol: "tcp", FromPort: 1, ToPort: 1, IpRanges });
      await refused(call, "InvalidParameterValue");
    },
  },
  {
    name: "a rule of IPv6 is one of its own",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, web("2001:db8::/32"));
      expect(await rulesOf(world, group)).toMatchObject([{ CidrIpv6: "2001:db8::/32" }]);
    },
  },
  {
    name: "rules are revoked by what they say, if they are all there",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, web("198.51.100.0/24"), web("203.0.113.0/24"));
      const call = (...IpPermissions: IpPermission[]) =>
        world.client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions }));
      await call(web("203.0.113.0/24"));
      expect(await rulesOf(world, group)).toMatchObject([{ CidrIpv4: "198.51.100.0/24" }]);
      await refused(call(web("203.0.113.0/24")), "InvalidPermission.NotFound");
    },
  },
  {
    name: "the same rule again is a duplicate",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, web("198.51.100.0/24"));
      await refused(allow(world, group, web("198.51.100.0/24")), "InvalidPermission.Duplicate");
    },
  },
  {
    name: "a permission is not said twice in one request",
    facts: ["one request may not say a thing twice"],
    run: async (world) => {
      const group = await newGroup(world);
      const call = allow(world, group, web("198.51.100.0/24"), web("198.51.100.0/24"));
      await refused(call, "InvalidParameterValue");
    },
  },
  {
    name: "host bits are cleared",
    facts: ["host bits are cleared"],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, web("198.51.100.77/24"));
      expect(await rulesOf(world, group)).toMatchObject([{ CidrIpv4: "198.51.100.0/24" }]);
    },
  },
  {
    name: "an address needs its length",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      await refused(allow(world, group, web("198.51.100.7")), "InvalidParameterValue");
    },
  },
  {
    name: "ports go upwards",
    facts: ["ports are checked"],
    run: async (world) => {
      const group = await newGroup(world);
      const IpRanges = [{ CidrIp: "198.51.100.0/24" }];
      const call = allow(world, group, { IpProtocol: "tcp", FromPort: 9, ToPort: 1, IpRanges });
      await refused(call, "InvalidParameterValue");
    },
  },
  {
    name: "a number that has a name comes back as the name",
    facts: ["protocols come back by name"],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, { ...web("198.51.100.0/24"), IpProtocol: "6" });
      expect(await rulesOf(world, group)).toMatchObject([{ IpProtocol: "tcp" }]);
    },
  },
  {
    name: "every protocol, ICMP of a type, and a protocol without ports",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      const IpRanges = [{ CidrIp: "198.51.100.0/24" }];
      await allow(
        world,
        group,
        { IpProtocol: "-1", FromPort: -1, ToPort: -1, IpRanges },
        { IpProtocol: "icmp", FromPort: 8, ToPort: -1, IpRanges },
        { IpProtocol: "50", FromPort: -1, ToPort: -1, IpRanges },
      );
      const found = await rulesOf(world, group);
      expect(found.map(({ IpProtocol }) => IpProtocol).sort()).toEqual(["-1", "50", "icmp"]);
      expect(found.find(({ IpProtocol }) => IpProtocol === "icmp")).toMatchObject({
        FromPort: 8,
        ToPort: -1,
      });
    },
  },
  {
    name: "a group as a peer, itself too",
    facts: [],
    run: async (world) => {
      const [group, other] = [await newGroup(world), await newGroup(world)];
      const UserIdGroupPairs = [{ GroupId: group }, { GroupId: other }];
      await allow(world, group, { IpProtocol: "tcp", FromPort: 1, ToPort: 1, UserIdGroupPairs });
      const found = (await rulesOf(world, group)).map((rule) => rule.ReferencedGroupInfo?.GroupId);
      expect(found.sort()).toEqual([group, other].sort());
    },
  },
  {
    name: "a group that is not there is no peer",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      const UserIdGroupPairs = [{ GroupId: "sg-0123456789abcdef0" }];
      const call = allow(world, group, {
        IpProtocol: "tcp",
        FromPort: 1,
        ToPort: 1,
        UserIdGroupPairs,
      });
      await refused(call, "InvalidGroup.NotFound");
    },
  },
  {
    name: "a rule is taken away by its id",
    facts: [],
    run: async (world) => {
      const GroupId = await newGroup(world);
      await allow(world, GroupId, web("198.51.100.0/24"), web("203.0.113.0/24"));
      const found = idsOf(await rulesOf(world, GroupId));
      await revoke(world, GroupId, found.slice(0, 1));
      expect(idsOf(await rulesOf(world, GroupId))).toEqual(found.slice(1));
    },
  },
  {
    name: "rules are taken away all or none",
    facts: ["a rule id that is not there has its own error"],
    run: async (world) => {
      const GroupId = await newGroup(world);
      await allow(world, GroupId, web("198.51.100.0/24"), web("203.0.113.0/24"));
      const found = idsOf(await rulesOf(world, GroupId));
      await revoke(world, GroupId, found.slice(0, 1));
      await refused(revoke(world, GroupId, found), "InvalidSecurityGroupRuleId.NotFound");
      expect(await rulesOf(world, GroupId)).toHaveLength(1);
    },
  },
  {
    name: "rules are added all or none",
    facts: ["authorize is all or nothing"],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, web("198.51.100.0/24"));
      const call = allow(world, group, web("203.0.113.0/24"), web("198.51.100.0/24"));
      await refused(call, "InvalidPermission.Duplicate");
      expect(await rulesOf(world, group)).toHaveLength(1);
    },
  },
  {
    name: "rules let out are of their own",
    facts: [],
    run: async (world) => {
      const GroupId = await newGroup(world);
      const IpPermissions = [web("198.51.100.0/24")];
      await world.client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
      expect(await rulesOf(world, GroupId)).toEqual([]);
      const out = await rulesOf(world, GroupId, true);
      expect(out.map((rule) => rule.CidrIpv4)).toContain("198.51.100.0/24");
    },
  },
  {
    name: "sixty rules of a direction",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, ...prefixes(60));
      const one = allow(world, group, web("203.0.113.0/24"));
      await refused(one, "RulesPerSecurityGroupLimitExceeded");
    },
  },
  {
    name: "sixty of each family",
    facts: ["families count apart"],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, ...prefixes(60));
      await allow(world, group, ...prefixes(60, true));
      expect(await rulesOf(world, group)).toHaveLength(120);
    },
  },
  {
    name: "a group as a peer counts in both families",
    facts: ["groups count in both families"],
    run: async (world) => {
      const group = await newGroup(world);
      await allow(world, group, ...prefixes(60, true));
      const UserIdGroupPairs = [{ GroupId: group }];
      const call = allow(world, group, {
        IpProtocol: "tcp",
        FromPort: 1,
        ToPort: 1,
        UserIdGroupPairs,
      });
      await refused(call, "RulesPerSecurityGroupLimitExceeded");
    },
  },
];
