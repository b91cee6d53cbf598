// The library: the same functions as the command line, over a `Files` interface, with no I/O and
// no clock inside. `library/` is the only place where targets meet the compiler.
export type { Artefact } from "./compiler/artefact-files.ts";
export type { Checked } from "./compiler/check.ts";
export type { Compiled } from "./compiler/compile.ts";
export type { Change, PolicyDiff } from "./compiler/diff/changes.ts";
export type { Expired, ExpireResult } from "./compiler/expire.ts";
export type { Explanation } from "./compiler/guard/explain.ts";
export type { AssertionResult, TestResult } from "./compiler/guard/policy-tests.ts";
export type { Manifest } from "./compiler/manifest.ts";
export { type CoverCheck, checkCover } from "./compiler/minimise/check-cover.ts";
export type {
  CoverCertificate,
  CoverInput,
  CoverResult,
  ProductOf,
} from "./compiler/minimise/cover-types.ts";
export { productCover } from "./compiler/minimise/product-cover.ts";
export type { Since, SinceNote } from "./compiler/since.ts";
export type { Verified, VerifyFinding } from "./compiler/verify-artefacts.ts";
export type { Diagnostic } from "./diagnostics/diagnostic.ts";
export type { SourceFile, Span } from "./diagnostics/source.ts";
export { formatModule } from "./grammar/print.ts";
export { type CheckOptions, type CheckResult, check } from "./library/check.ts";
export {
  type CompileOptions,
  type CompileResult,
  compile,
  targetNames,
} from "./library/compile.ts";
export { type DiffOptions, type DiffResult, diff } from "./library/diff.ts";
export { expire } from "./library/expire.ts";
export { type ExplainResult, explain } from "./library/explain.ts";
export { type Fixed, type FixOptions, type FixResult, fix } from "./library/fix.ts";
export { type LintOptions, type LintResult, lint } from "./library/lint.ts";
export { verify } from "./library/verify.ts";
export { version } from "./library/version.ts";
export type { Files } from "./project/files.ts";
