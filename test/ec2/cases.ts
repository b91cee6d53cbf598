// What segc relies on, said of any EC2: run against the stand-in, and against moto where that knows the fact.
// `facts` are what AWS documents and an emulator may not do.
import type { Ec2Case } from "./calls.ts";
import { groupCases } from "./group-cases.ts";
import { ruleCases } from "./rule-cases.ts";

export type { Ec2Case, Ec2World, Fact } from "./calls.ts";

export const cases: readonly Ec2Case[] = [...groupCases, ...ruleCases];
