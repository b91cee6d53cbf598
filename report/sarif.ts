// Findings -> SARIF 2.1.0 (OASIS), as code scanning of GitHub and others read it.
//
// The one idea: a finding keeps its identity when lines above it come and go. Its fingerprint is made of
// its code, its file and the text of its line, numbered where that occurs more than once.
import type { Fix, Location, Log, Region, ReportingDescriptor, Result, Run } from "sarif";
import { sha256 } from "../compiler/model/sha256.ts";
import type { Diagnostic, Edit } from "../diagnostics/diagnostic.ts";
import { type Code, registry } from "../diagnostics/registry.ts";
import { printJson } from "../diagnostics/render-json.ts";
import { lineStarts, positionAt, type Span } from "../diagnostics/source.ts";
import type { FindingsReport } from "./findings.ts";

/** One run of one verb. */
export function sarifOf(report: FindingsReport): string {
  const all = [
    ...report.diagnostics.map((diagnostic) => ({ diagnostic, reason: undefined })),
    ...report.suppressed.map(({ diagnostic, suppression }) => ({
      diagnostic,
      reason: suppression.reason,
    })),
  ];
  const codes = [...new Set(all.map(({ diagnostic }) => diagnostic.code))].sort();
  const fingerprint = fingerprints();
  const { name, version } = report.tool;
  const run: Run = {
    tool: {
      driver: {
        name,
        semanticVersion: version,
        rules: codes.map((code) => descriptorOf(report, code)),
      },
    },
    automationDetails: { id: `${name}/${report.verb}/` },
    columnKind: "utf16CodeUnits",
    results: all.map(
      ({ diagnostic, reason }): Result => ({
        ...resultOf(report, diagnostic),
        ruleIndex: codes.indexOf(diagnostic.code),
        partialFingerprints: fingerprint(report, diagnostic),
        ...(reason === undefined
          ? {}
          : { suppressions: [{ kind: "inSource", status: "accepted", justification: reason }] }),
      }),
    ),
  };
  const log: Log = { $schema: schema, version: "2.1.0", runs: [run] };
  return printJson(log);
}

const schema =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

function descriptorOf({ tool }: FindingsReport, code: string): ReportingDescriptor {
  const { name, title, severity } = registry[code as Code]; // only `diagnose` makes diagnostics
  return {
    id: code,
    name,
    shortDescription: { text: sentence(title) },
    helpUri: tool.pageOf(code),
    help: { text: `segc explain ${code}`, markdown: `\`segc explain ${code}\`` },
    defaultConfiguration: { level: severity },
  };
}

function resultOf(report: FindingsReport, diagnostic: Diagnostic): Result {
  const { code, severity, message, notes = [], help, related = [], span, fix } = diagnostic;
  const text = [message, ...notes, ...(help === undefined ? [] : [help])].map(sentence).join(" ");
  const places = related.flatMap(({ message: words, span: place }, index) =>
    place === undefined
      ? []
      : [
          {
            ...locationOf(report, place),
            id: index + 1,
            message: { text: unlinked(sentence(words)) },
          },
        ],
  );
  return {
    ruleId: code,
    level: severity,
    message: { text: unlinked(text) },
    locations: [span === undefined ? projectFile(report) : locationOf(report, span)],
    ...(places.length === 0 ? {} : { relatedLocations: places }),
    ...(fix === undefined || fix.length === 0
      ? {}
      : { fixes: [fixOf(report, fix, help ?? message)] }),
  };
}

/** Where no text is at fault the project is; a result without a place is not shown. */
function projectFile({ pathOf }: FindingsReport): Location {
  const artifactLocation = { uri: uriOf(pathOf("segc.yaml")), uriBaseId: base };
  return { physicalLocation: { artifactLocation, region: { startLine: 1 } } };
}

function locationOf({ pathOf }: FindingsReport, span: Span): Location {
  const artifactLocation = { uri: uriOf(pathOf(span.source.path)), uriBaseId: base };
  return { physicalLocation: { artifactLocation, region: regionOf(span) } };
}

/** What GitHub calls the root of the repository. */
const base = "%SRCROOT%";

/** The end is the first column that does not belong to it. */
function regionOf({ source, start, end }: Span): Region {
  const first = positionAt(source, start);
  const last = positionAt(source, Math.max(start, end));
  return {
    startLine: first.line,
    startColumn: first.column,
    endLine: last.line,
    endColumn: last.column,
  };
}

function fixOf({ pathOf }: FindingsReport, fix: readonly Edit[], what: string): Fix {
  const byFile = Map.groupBy(fix, ({ span }) => span.source.path);
  return {
    description: { text: sentence(what) },
    artifactChanges: [...byFile].map(([path, edits]) => ({
      artifactLocation: { uri: uriOf(pathOf(path)), uriBaseId: base },
      replacements: edits.map(({ span, text }) => ({
        deletedRegion: regionOf(span),
        insertedContent: { text },
      })),
    })),
  };
}

/** A path as a relative URI: each step by itself, so that no name can be read as a scheme or query. */
function uriOf(path: string): string {
  const steps = path.split(/[\\/]/).map((step) => encodeURIComponent(step.toWellFormed()));
  return steps.join("/");
}

type Fingerprints = NonNullable<Result["partialFingerprints"]>;

/** \`primaryLocationLineHash\` is the one that GitHub goes by. */
function fingerprints(): (report: FindingsReport, diagnostic: Diagnostic) => Fingerprints {
  const seen = new Map<string, number>();
  return ({ pathOf }, { code, span, message }) => {
    const text =
      span === undefined ? message : `${pathOf(span.source.path)}\n${lineOf(span).trim()}`;
    const digest = sha256(`${code}\n${text}`).slice(0, 32);
    const number = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, number);
    const identity = `${digest}:${number}`;
    return { primaryLocationLineHash: identity, "segcFinding/v1": identity };
  };
}

function lineOf({ source, start }: Span): string {
  const { line } = positionAt(source, start);
  const starts = lineStarts(source);
  return source.text.slice(starts[line - 1], starts[line]);
}

/** Brackets could make a link (SARIF 3.11.6). */
const unlinked = (text: string) => text.replace(/[[\]\\]/g, (character) => `\\${character}`);

/** Text with a capital and a full stop. */
function sentence(text: string): string {
  const full = /[.!?]$/.test(text) ? text : `${text}.`;
  return `${full.slice(0, 1).toUpperCase()}${full.slice(1)}`;
}
