// The stand-in as an HTTP server on loopback, for the real SDK. It can fail, throttle, or carry a call out and
// lose the answer, at any call that is asked for.
import { createServer } from "node:http";
import type { Account } from "./account.ts";
import { entriesOf, listAnswer, listings, pageOf } from "./answers.ts";
import { Ec2Fault } from "./fault.ts";
import { type Parameters, parametersOf, textAt } from "./parameters.ts";
import { type XmlValue, xmlDocument } from "./xml.ts";

/** What goes wrong with a call; `lost`: it is carried out, and nobody hears of it. */
export type Trouble = "none" | "error" | "throttled" | "lost";

export interface StandIn {
  /** As `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** Names of the calls that came, in order. */
  readonly calls: string[];
  /** Asked before each call. */
  trouble: (action: string, call: number) => Trouble;
  /** After each call. */
  after: (action: string) => void;
  readonly close: () => Promise<void>;
}

/** For processes that are to speak to it. */
export const awsEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "any",
  AWS_SECRET_ACCESS_KEY: "any",
});

export async function serve(account: Account): Promise<StandIn> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const parameters = parametersOf(body);
      const action = textAt(parameters, "Action") ?? "";
      calls.push(action);
      const trouble = standIn.trouble(action, calls.length);
      const answer = answerOf(account, action, parameters, trouble);
      standIn.after(action);
      if (trouble === "lost") {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { "content-type": "text/xml" });
      response.end(answer.text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const standIn: StandIn = {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    trouble: () => "none",
    after: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return standIn;
}

function answerOf(account: Account, action: string, parameters: Parameters, trouble: Trouble) {
  try {
    if (trouble === "error") throw new Ec2Fault("InternalError", "An internal error occurred", 500);
    if (trouble === "throttled") {
      throw new Ec2Fault("RequestLimitExceeded", "Request limit exceeded.", 503);
    }
    return {
      status: 200,
      text: xmlDocument(`${action}Response`, answer(account, action, parameters)),
    };
  } catch (fault) {
    if (!(fault instanceof Ec2Fault)) throw fault;
    const { code, message, status } = fault;
    const text = `<Response><Errors><Error><Code>${code}</Code><Message>${message.replace(/[<&]/g, "_")}</Message></Error></Errors><RequestID>0</RequestID></Response>`;
    return { status, text };
  }
}

export function answer(account: Account, action: string, parameters: Parameters): XmlValue {
  const listing = listings[action];
  if (listing !== undefined) return pageOf(account, listing, parameters);
  const direction = action.endsWith("Egress") ? "egress" : "ingress";
  switch (action) {
    case "GetManagedPrefixListEntries":
      return entriesOf(account, parameters);
    case "CreateManagedPrefixList":
      return { prefixList: listAnswer(account.createList(parameters)) };
    case "ModifyManagedPrefixList":
      return { prefixList: listAnswer(account.modifyList(parameters)) };
    case "DeleteManagedPrefixList":
      return { prefixList: listAnswer(account.deleteList(parameters)) };
    case "CreateSecurityGroup":
      return { groupId: account.createGroup(parameters).id };
    case "DeleteSecurityGroup":
      account.deleteGroup(textAt(parameters, "GroupId") ?? "");
      return { return: true };
    case "AuthorizeSecurityGroupIngress":
    case "AuthorizeSecurityGroupEgress":
      account.authorize(parameters, direction);
      return { return: true };
    case "RevokeSecurityGroupIngress":
    case "RevokeSecurityGroupEgress":
      account.revoke(parameters, direction);
      return { return: true };
    case "ModifyNetworkInterfaceAttribute":
      account.attach(parameters);
      return { return: true };
    case "CreateTags":
      account.tag(parameters);
      return { return: true };
    default:
      throw new Ec2Fault("InvalidAction", `The action ${action} is not valid`);
  }
}
