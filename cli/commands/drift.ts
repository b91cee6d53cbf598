// `segc drift --target aws` (or `windows`): what is live and not what the policy says, and which flows that opens or closes.
import { escapeText } from "../../diagnostics/render-display.ts";
import { cloudDrift } from "../../library/cloud.ts";
import { problemText } from "../../report/cloud-change.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { withAccount } from "../aws-account.ts";
import type { Answer, Call } from "../call.ts";
import { cloudProject } from "../cloud-project.ts";
import { exit } from "../exit.ts";

export async function drift(call: Call): Promise<Answer> {
  const [only, ...more] = call.options.target ?? [];
  if (only === "windows" && more.length === 0) {
    const { driftWindows } = await import("./drift-windows.ts");
    return driftWindows(call);
  }
  const project = await cloudProject(call, "nothing was compared");
  if ("kind" in project) return project;
  const { folder, target } = project;
  const { now } = call.options;
  return withAccount(call, async (ec2) => {
    const { drifts, problems, isProved } = cloudDrift(
      target,
      await describeAccount(ec2, target.vpcs, target),
    );
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
          ? `${style.help("ok")}: ${networks} holds what the policy says, as of ${now}${isProved ? ", proved of what is live" : ""}`
          : `${networks} is not what the policy says, as of ${now}`,
      ],
      json: { now, problems: texts, drifts },
    };
  });
}
