// `segc drift --target aws`: what is live and not what the policy says, and which flows that opens or closes.
import { escapeText } from "../../diagnostics/render-display.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { cloudDrift, cloudTarget } from "../../library/cloud.ts";
import { problemText } from "../../report/cloud-change.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { statusFor, stopping } from "../answer.ts";
import { withAccount } from "../aws-account.ts";
import type { Answer, Call } from "../call.ts";
import { exit } from "../exit.ts";
import { onlyAws } from "../only-aws.ts";
import { projectFolder } from "../project-folder.ts";
import { refreshInventory } from "../refresh-inventory.ts";
import { problemCount } from "./check.ts";

export async function drift(call: Call): Promise<Answer> {
  const refusal = onlyAws(call);
  if (refusal !== undefined) return refusal;
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { now, refresh } = call.options;
  const unsaved = refresh
    ? await withAccount(call, (ec2) => refreshInventory(folder, ec2))
    : undefined;
  if (unsaved !== undefined) return unsaved;
  const read = cloudTarget(nodeFiles(folder), { now });
  const diagnostics = stopping(read.diagnostics, call.options);
  const { target } = read;
  if (target === undefined || diagnostics.length > 0) {
    return {
      kind: "result",
      status: statusFor(diagnostics),
      diagnostics,
      folder,
      lines: (style) => [...problemCount({ diagnostics }, style), "nothing was compared"],
      json: { now },
    };
  }
  return withAccount(call, async (ec2) => {
    const { drifts, problems } = cloudDrift(target, await describeAccount(ec2, target.vpcs));
    const texts = problems.map(problemText);
    const networks = escapeText(target.vpcs.join(", "));
    const isSame = drifts.length + texts.length === 0;
    return {
      kind: "result",
      status: isSame ? exit.fine : exit.findings,
      diagnostics: [],
      folder,
      lines: (style) => [
        ...texts.map((text) => `${style.error("missing")}  ${text}`),
        ...drifts.map(({ kind, text }) => {
          const label =
            kind === "closed"
              ? style.warning(kind)
              : style.error(kind === "other" ? "differs" : kind);
          return `${label}${" ".repeat(9 - (kind === "other" ? 7 : kind.length))}${escapeText(text)}`;
        }),
        isSame
          ? `${style.help("ok")}: ${networks} holds what the policy says, as of ${now}`
          : `${networks} is not what the policy says, as of ${now}`,
      ],
      json: { now, problems: texts, drifts },
    };
  });
}
