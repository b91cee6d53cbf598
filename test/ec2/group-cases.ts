// Groups, and the interfaces that carry them.
import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { expect } from "vitest";
import {
  allow,
  attach,
  type Ec2Case,
  groupsOf,
  idsOf,
  newGroup,
  refused,
  rulesOf,
} from "./calls.ts";

export const groupCases: readonly Ec2Case[] = [
  {
    name: "a new group lets everything out and nothing in",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      expect(await rulesOf(world, group)).toEqual([]);
      const out = await rulesOf(world, group, true);
      expect(out.find((rule) => rule.CidrIpv4 === "0.0.0.0/0")).toMatchObject({ IpProtocol: "-1" });
    },
  },
  {
    name: "what a new group lets out can be taken away by id",
    facts: [],
    run: async (world) => {
      const group = await newGroup(world);
      const ids = idsOf(await rulesOf(world, group, true));
      await world.client.send(
        new RevokeSecurityGroupEgressCommand({ GroupId: group, SecurityGroupRuleIds: ids }),
      );
      expect(await rulesOf(world, group, true)).toEqual([]);
    },
  },
  {
    name: "a name is there once in a network",
    facts: [],
    run: async (world) => {
      await newGroup(world, "same");
      await refused(newGroup(world, "same"), "InvalidGroup.Duplicate");
    },
  },
  {
    name: "a name in other case is the same name",
    facts: ["names ignore case"],
    run: async (world) => {
      await newGroup(world, "Case");
      await refused(newGroup(world, "cASE"), "InvalidGroup.Duplicate");
    },
  },
  {
    name: "a name does not begin like an id",
    facts: ["descriptions have an alphabet"],
    run: (world) => refused(newGroup(world, "sg-mine"), "InvalidParameterValue"),
  },
  {
    name: "an interface gives all its groups for others in one call",
    facts: [],
    run: async (world) => {
      const id = await world.newInterface();
      const [a, b, c] = [await newGroup(world), await newGroup(world), await newGroup(world)];
      await attach(world, id, [a, b]);
      expect(await groupsOf(world, id)).toEqual([a, b].sort());
      await attach(world, id, [c]);
      expect(await groupsOf(world, id)).toEqual([c]);
    },
  },
  {
    name: "an interface carries five groups",
    facts: ["groups of an interface are counted"],
    run: async (world) => {
      const id = await world.newInterface();
      const groups: string[] = [];
      for (let at = 0; at < 6; at++) groups.push(await newGroup(world));
      await attach(world, id, groups.slice(0, 5));
      await refused(attach(world, id, groups), "SecurityGroupsPerInterfaceLimitExceeded");
    },
  },
  {
    name: "a group that an interface carries stays",
    facts: ["dependencies are kept"],
    run: async (world) => {
      const id = await world.newInterface();
      const GroupId = await newGroup(world);
      await attach(world, id, [GroupId]);
      const call = world.client.send(new DeleteSecurityGroupCommand({ GroupId }));
      await refused(call, "DependencyViolation");
    },
  },
  {
    name: "a group that a rule names stays",
    facts: ["dependencies are kept"],
    run: async (world) => {
      const [group, GroupId] = [await newGroup(world), await newGroup(world)];
      const UserIdGroupPairs = [{ GroupId }];
      await allow(world, group, { IpProtocol: "tcp", FromPort: 1, ToPort: 1, UserIdGroupPairs });
      const call = world.client.send(new DeleteSecurityGroupCommand({ GroupId }));
      await refused(call, "DependencyViolation");
    },
  },
  {
    name: "a group that nobody needs goes, once",
    facts: [],
    run: async (world) => {
      const GroupId = await newGroup(world);
      const call = () => world.client.send(new DeleteSecurityGroupCommand({ GroupId }));
      await call();
      await refused(call(), "InvalidGroup.NotFound");
    },
  },
  {
    name: "tags are there from the start, and change",
    facts: [],
    run: async ({ client, vpc }) => {
      const Tags = [{ Key: "segc:owner", Value: "a" }];
      const made = await client.send(
        new CreateSecurityGroupCommand({
          GroupName: "tagged",
          Description: "of a test",
          VpcId: vpc,
          TagSpecifications: [{ ResourceType: "security-group", Tags }],
        }),
      );
      const id = String(made.GroupId);
      const tags = async () => {
        const Filters = [
          { Name: "vpc-id", Values: [vpc] },
          { Name: "group-name", Values: ["tagged"] },
        ];
        const { SecurityGroups = [] } = await client.send(
          new DescribeSecurityGroupsCommand({ Filters }),
        );
        return SecurityGroups.map((group) => [group.GroupId, group.Tags]);
      };
      expect(await tags()).toEqual([[id, Tags]]);
      const more = [{ Key: "segc:owner", Value: "b" }];
      await client.send(new CreateTagsCommand({ Resources: [id], Tags: more }));
      expect(await tags()).toEqual([[id, more]]);
    },
  },
  {
    name: "lists come in pages",
    facts: [],
    run: async (world) => {
      const made: string[] = [];
      for (let at = 0; at < 7; at++) made.push(await newGroup(world));
      const found: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await world.client.send(
          new DescribeSecurityGroupsCommand({
            Filters: [{ Name: "vpc-id", Values: [world.vpc] }],
            MaxResults: 5,
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        );
        found.push(...(page.SecurityGroups ?? []).map(({ GroupId }) => String(GroupId)));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      expect(found).toEqual(expect.arrayContaining(made));
      expect(new Set(found).size).toBe(found.length);
    },
  },
];
