// A verb's name -> its code, read only when the verb is called.
import type { Command } from "./call.ts";
import type { VerbName } from "./verbs.ts";

export const loadVerb: Readonly<Record<VerbName, () => Promise<Command>>> = {
  init: async () => (await import("./commands/init.ts")).init,
  fmt: async () => (await import("./commands/fmt.ts")).fmt,
  check: async () => (await import("./commands/check.ts")).check,
  lint: async () => (await import("./commands/lint.ts")).lint,
  test: async () => (await import("./commands/test.ts")).test,
  explain: async () => (await import("./commands/explain.ts")).explain,
  compile: async () => (await import("./commands/compile.ts")).compile,
  verify: async () => (await import("./commands/verify.ts")).verify,
  diff: async () => (await import("./commands/diff.ts")).diff,
  expire: async () => (await import("./commands/expire.ts")).expire,
  plan: async () => (await import("./commands/plan.ts")).plan,
  apply: async () => (await import("./commands/apply.ts")).apply,
  drift: async () => (await import("./commands/drift.ts")).drift,
  completion: async () => (await import("./commands/completion.ts")).completion,
  version: async () => (await import("./commands/version.ts")).version,
};
