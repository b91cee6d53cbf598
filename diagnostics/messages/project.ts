// SEG810: what is wrong in segc.yaml.
import { error } from "../message.ts";
import { type SchemaFault, schemaFault, schemaHelp } from "./schema.ts";

/** Faults that only segc.yaml can have. */
export type ProjectFault =
  | { readonly why: "no-project" }
  | { readonly why: "outside"; readonly path: string }
  | { readonly why: "file-twice"; readonly path: string }
  | { readonly why: "no-inventory-format"; readonly path: string }
  | {
      readonly why: "aws-product";
      readonly rules: number;
      readonly groups: number;
      readonly max: number;
    }
  | { readonly why: "needs-reader"; readonly key: string }
  | { readonly why: "needs-additive" }
  | { readonly why: "no-group-id"; readonly key: string }
  | { readonly why: "not-json"; readonly path: string }
  | { readonly why: "aws-no-slot"; readonly groups: number; readonly reserved: number }
  | { readonly why: "no-code"; readonly code: string; readonly suggestion: string }
  | { readonly why: "fixed-level"; readonly code: string; readonly is: "error" | "compile" }
  | { readonly why: "never-off"; readonly code: string }
  | { readonly why: "no-segment"; readonly name: string; readonly suggestion: string }
  | { readonly why: "no-ports"; readonly text: string };

export const projectMessages = {
  SEG810: error({
    name: "malformed-project",
    title: "A `segc.yaml` that is not as its schema says",
    message: (p: SchemaFault | ProjectFault) => {
      switch (p.why) {
        case "no-project":
          return "there is no `segc.yaml` in this folder";
        case "outside":
          return `\`${p.path}\` is not a path inside the project folder`;
        case "file-twice":
          return `\`${p.path}\` is listed twice`;
        case "no-inventory-format":
          return `\`${p.path}\` is no inventory: its name ends neither in .yaml, .json nor .csv`;
        case "needs-reader":
          return `\`${p.key}\` says nothing without a \`reader\``;
        case "needs-additive":
          return "`accepted` says nothing where interfaces leave the groups of others";
        case "no-group-id":
          return `\`${p.key}\` is no id of a security group`;
        case "not-json":
          return `\`${p.path}\` is to be read as an answer of EC2, and is no JSON by its name`;
        case "aws-product":
          return `${p.rules} rules of a group times ${p.groups} groups of an interface are ${p.rules * p.groups}, and AWS grants ${p.max} at most`;
        case "no-code":
          return `\`${p.code}\` is no code of a finding${p.suggestion}`;
        case "fixed-level":
          return p.is === "error"
            ? `${p.code} is an error, and stays one`
            : `${p.code} is about artefacts, and no finding of \`lint\``;
        case "never-off":
          return `${p.code} cannot be off: it is about what is owned, enforced or promised`;
        case "no-segment":
          return `there is no segment \`${p.name}\`${p.suggestion}`;
        case "no-ports":
          return `\`${p.text}\` are no ports`;
        case "aws-no-slot":
          return `${p.reserved} of ${p.groups} groups of an interface are to be left free, which leaves none`;
        default:
          return schemaFault(p);
      }
    },
    help: (p) => {
      switch (p.why) {
        case "no-project":
          return "start a project with `segc init`, or name its folder with `--project`";
        case "outside":
          return "write it relative to segc.yaml, with `/` and without `..`";
        case "file-twice":
          return "list it once";
        case "no-inventory-format":
          return "rename it to say its format";
        case "needs-reader":
          return "write `reader: ec2` beside it";
        case "needs-additive":
          return "write `foreign: additive` beside it, or take it out";
        case "no-group-id":
          return "write it as `segc plan` shows it: `sg-` and hexadecimal digits";
        case "not-json":
          return "save the answer with `--output json` under a name that ends in .json";
        case "aws-product":
          return "lower one of the two, as the quotas of the account are";
        case "no-code":
          return "write the code as `segc lint` shows it: `SEG705`";
        case "fixed-level":
          return "take it out";
        case "never-off":
          return "write `warning` or `error`; one place is suppressed by a comment in the root module";
        case "no-segment":
          return "write the module and the name of a segment: `org.admin-hosts`";
        case "no-ports":
          return "write them like `tcp/22` or `tcp/5985-5986`, from 1 to 65535";
        case "aws-no-slot":
          return "leave fewer free with `reserveSlots`";
        default:
          return schemaHelp(p);
      }
    },
  }),
} as const;
