// The AWS target: security groups for every interface of the fleet, in one artefact.
import type { FleetTarget } from "../../compiler/plan/fleet-target.ts";
import { awsCapabilities } from "./capabilities.ts";
import { awsExpiries, expireAws, measureAws } from "./expire.ts";
import type { AwsPlan } from "./groups.ts";
import { awsMeaning } from "./meaning.ts";
import { parseAws } from "./parse.ts";
import { planAws } from "./plan.ts";
import { renderAws } from "./render.ts";

export const aws: FleetTarget<AwsPlan> = {
  name: "aws",
  format: 1,
  capabilities: awsCapabilities,
  plan: planAws,
  render: renderAws,
  parse: parseAws,
  meaning: awsMeaning,
  measure: measureAws,
  expiries: awsExpiries,
  expire: expireAws,
};
