// SEG801-809 and 811: what is wrong in the inventory, or with reading it (language.md 6.5 and 11,
// "Inventory"). SEG808 stands with the rules that name accounts.
import { error, warning } from "../message.ts";
import { alternatives, type SchemaFault, schemaFault, schemaHelp } from "./schema.ts";

/** Faults that only an inventory can have. */
export type RecordFault =
  | {
      readonly why: "address";
      readonly text: string;
      readonly fault:
        | "malformed"
        | "octet-out-of-range"
        | "leading-zero"
        | "zone"
        | "mapped"
        | "prefix"
        | "nobodys";
    }
  | { readonly why: "text"; readonly key: string; readonly fault: "empty" | "too-long" | "control" }
  | {
      readonly why: "twice";
      readonly workload: string;
      readonly path: string;
      readonly line: number;
    }
  | { readonly why: "port"; readonly text: string }
  | { readonly why: "no-platform"; readonly workload: string }
  | { readonly why: "columns"; readonly found: number; readonly wanted: number }
  | { readonly why: "format"; readonly path: string }
  | {
      readonly why: "ec2";
      readonly path: string;
      readonly call: string;
      /** The list that should be there; undefined where more pages follow. */
      readonly key: string | undefined;
    }
  | { readonly why: "more"; readonly count: number };

/** Why a file cannot be had. */
export type FileReadFault = "missing" | "is-directory" | "unreadable" | "not-utf8";

export const inventoryMessages = {
  SEG801: error({
    name: "inner-label-value",
    title: "A workload carries a group of values instead of one",
    message: (p: { workload: string; label: string; value: string; leaves: readonly string[] }) =>
      `\`${p.workload}\` has \`${p.label} ${p.value}\`, which is a group of values`,
    help: (p) => `give the exact \`${p.label}\`: ${alternatives(p.leaves)}`,
  }),
  SEG802: error({
    name: "unknown-inventory-label",
    title: "A label, or a value of one, that the root module does not declare",
    message: (
      p:
        | { why: "label"; label: string; suggestion: string }
        | { why: "value"; label: string; value: string; suggestion: string }
        | { why: "empty"; label: string }
        | { why: "one-value"; label: string }
        | { why: "list"; label: string; value: string },
    ) => {
      switch (p.why) {
        case "label":
          return `label \`${p.label}\` is unknown${p.suggestion}`;
        case "value":
          return `label \`${p.label}\` has no value \`${p.value}\`${p.suggestion}`;
        case "empty":
          return `label \`${p.label}\` is empty`;
        case "one-value":
          return `label \`${p.label}\` takes one value, not a list`;
        case "list":
          return `label \`${p.label}\` is a set: its value is a list`;
      }
    },
    help: (p) => {
      switch (p.why) {
        case "label":
          return `correct it, or declare label \`${p.label}\` in the root module`;
        case "value":
          return `use a declared value, or add \`${p.value}\` to label \`${p.label}\``;
        case "empty":
          return "give a value, or leave the label out";
        case "one-value":
          return "give one value; a label that holds several is declared as `set`";
        case "list":
          return `write \`[${p.value}]\``;
      }
    },
  }),
  SEG803: error({
    name: "address-conflict",
    title: "One address, two workloads that are not alike",
    message: (p: {
      address: string;
      realm: string;
      first: string;
      second: string;
      differ: "labels" | "platform" | "enforcers";
    }) =>
      `address \`${p.address}\` in realm \`${p.realm}\` belongs to \`${p.first}\` and \`${p.second}\`, which differ in ${p.differ}`,
    help: () =>
      "correct the address, give one of them another realm, or make the two alike: a packet does not say which of them it is for",
  }),
  SEG804: error({
    name: "broken-requirement",
    title: "A workload without a required label, or against a `require`",
    message: (
      p:
        | { why: "missing"; workload: string; label: string }
        | { why: "requirement"; workload: string; requirement: string; has: string },
    ) =>
      p.why === "missing"
        ? `\`${p.workload}\` has no \`${p.label}\`, which is required`
        : `\`${p.workload}\` breaks \`require ${p.requirement}\`: it has ${p.has}`,
    help: (p) =>
      p.why === "missing"
        ? `give it, or declare label \`${p.label}\` as \`optional\``
        : "correct the workload's labels, or the requirement",
  }),
  SEG805: warning({
    name: "old-inventory",
    title: "An inventory that is older than it may be",
    message: (p: { path: string; days: number; most: number }) =>
      `\`${p.path}\` is ${p.days === 1 ? "1 day" : `${p.days} days`} old, and may be ${p.most}`,
    help: () => "write it again from what there is now",
  }),
  SEG806: warning({
    name: "workload-without-address",
    title: "A workload without an address",
    message: (p: { workload: string }) =>
      `\`${p.workload}\` has no address: what is enforced by address leaves it out`,
    help: () => "give it an address, or leave it if it is scaled to zero",
  }),
  SEG807: error({
    name: "inventory-sources-disagree",
    title: "A source sets what it may not, or two sources say different things",
    message: (
      p:
        | { why: "may-not-set"; path: string; label: string }
        | { why: "disagree"; workload: string; field: string; first: string; second: string },
    ) =>
      p.why === "may-not-set"
        ? `\`${p.path}\` may not set label \`${p.label}\``
        : `\`${p.workload}\` has two values for \`${p.field}\`: \`${p.first}\` and \`${p.second}\``,
    help: (p) =>
      p.why === "may-not-set"
        ? `add \`${p.label}\` to \`sets\` of this source in segc.yaml, or remove the label here`
        : "correct one of them, or say in segc.yaml which source `sets` it",
  }),
  SEG809: error({
    name: "malformed-inventory",
    title: "An inventory file that is not as its schema says",
    message: (p: SchemaFault | RecordFault) => {
      switch (p.why) {
        case "address":
          return `\`${p.text}\` is no address: ${addressFaults[p.fault]}`;
        case "text":
          return `\`${p.key}\` ${textFaults[p.fault]}`;
        case "port":
          return `${JSON.stringify(p.text)} is no port that can be published`;
        case "twice":
          return `workload \`${p.workload}\` stands twice in \`${p.path}\`: here and on line ${p.line}`;
        case "no-platform":
          return `no source gives a \`platform\` for \`${p.workload}\``;
        case "columns":
          return `this row has ${p.found} cells, the header has ${p.wanted}`;
        case "format":
          return `\`${p.path}\` is not a list of workloads`;
        case "ec2":
          return p.key === undefined
            ? `\`${p.path}\` is one page of several: others are missing`
            : `\`${p.path}\` is no answer of \`${p.call}\`: it has no list \`${p.key}\` of such things`;
        case "more":
          return `${p.count} more faults in this file are not shown`;
        default:
          return schemaFault(p);
      }
    },
    help: (p) => {
      switch (p.why) {
        case "address":
          return addressHelps[p.fault];
        case "text":
          return "use 1 to 253 bytes of printable text";
        case "port":
          return "write it like `tcp/8080`, `udp/53` or `sctp/2905`";
        case "twice":
          return "remove one of them, or rename it";
        case "no-platform":
          return "write `platform: linux`, `windows` or `other`";
        case "columns":
          return "put cells that hold a comma in double quotes";
        case "format":
          return "write a list of records, or `workloads:` with such a list";
        case "ec2":
          return `save what \`aws ec2 ${p.call} --output json\` prints, all pages of it`;
        case "more":
          return "correct those above first";
        default:
          return schemaHelp(p);
      }
    },
  }),
  SEG811: error({
    name: "unreadable-file",
    title: "A file of the project that cannot be read",
    message: (p: { path: string; fault: FileReadFault; detail: string }) => {
      switch (p.fault) {
        case "missing":
          return `there is no file \`${p.path}\``;
        case "is-directory":
          return `\`${p.path}\` is a folder, not a file`;
        case "unreadable":
          return `\`${p.path}\` cannot be read: ${p.detail}`;
        case "not-utf8":
          return `\`${p.path}\` is not UTF-8 text: ${p.detail}`;
      }
    },
    help: (p) =>
      p.fault === "not-utf8"
        ? "save it as UTF-8"
        : p.fault === "unreadable"
          ? "check its permissions"
          : "correct the path, which is relative to segc.yaml",
  }),
} as const;

const addressFaults = {
  malformed: "it has the form of neither IPv4 nor IPv6",
  "octet-out-of-range": "a part of an IPv4 address is above 255",
  "leading-zero": "a part of an IPv4 address starts with 0",
  zone: "a zone (`%…`) has a meaning on one host only",
  mapped: "traffic never carries an IPv4-mapped IPv6 address",
  prefix: "it is a network",
  nobodys: "it is for loopback, multicast or the like, and no host's own",
} as const;

const addressHelps = {
  malformed: "write it like `10.0.0.1` or `2001:db8::1`",
  "octet-out-of-range": "write four numbers from 0 to 255",
  "leading-zero": "write it without the zero, in decimal",
  zone: "remove the zone",
  mapped: "write the IPv4 address",
  prefix: "give the workload's own address, without a length",
  nobodys: "give the address that other hosts reach the workload by",
} as const;

const textFaults = {
  empty: "is empty",
  "too-long": "is longer than 253 bytes",
  control: "holds a control or direction-changing character",
} as const;
