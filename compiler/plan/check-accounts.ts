// SEG808: a `user` or `group` of a program is matched by number on Linux, and the inventory must
// say which number the account has on every workload that a rule selects (language.md 6.2, 11).
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { endOf } from "../extent/rule-flows.ts";
import type { Workload } from "../inventory/types.ts";
import type { Program, Rule } from "../model/types.ts";
import type { PlanContext } from "./context.ts";
import { listed, namesOf, programText, workloadsAt } from "./words.ts";

type AccountKind = "user" | "group";

/** One diagnostic for each account that lacks a number somewhere. */
export function checkAccounts(context: PlanContext, rules: readonly Rule[]): readonly Diagnostic[] {
  const missing = new Map<string, Missing>();
  for (const { program, workloads } of programUses(context, rules)) {
    for (const kind of ["user", "group"] as const) {
      const account = program.alternatives.get("linux")?.get(kind);
      if (account === undefined) continue;
      const without = workloads.filter((workload) => lacksNumber(workload, kind, account));
      if (without.length === 0) continue;
      const key = `${kind} ${program.key}`;
      const before = missing.get(key)?.workloads ?? [];
      missing.set(key, {
        kind,
        account,
        program,
        workloads: [...new Set([...before, ...without])],
      });
    }
  }
  return [...missing.values()].map(report);
}

interface Missing {
  readonly kind: AccountKind;
  readonly account: string;
  readonly program: Program;
  readonly workloads: readonly Workload[];
}

function report({ kind, account, program, workloads }: Missing): Diagnostic {
  const [first] = workloads;
  return diagnose(
    "SEG808",
    first?.span ?? program.span,
    { kind, account, program: programText(program), workloads: listed(namesOf(workloads)) },
    { related: [{ message: "the program that names it", span: program.span }] },
  );
}

interface ProgramUse {
  readonly program: Program;
  readonly workloads: readonly Workload[];
}

function programUses(context: PlanContext, rules: readonly Rule[]): readonly ProgramUse[] {
  const { expansion } = context;
  return rules.flatMap((rule) =>
    expansion.flowsOf(rule).products.flatMap((product) =>
      (["egress", "ingress"] as const).flatMap((direction) => {
        const { managed, include, exclude } = endOf(product, direction);
        const programs = [...include, ...exclude].filter((program) => namesAccount(program));
        if (programs.length === 0) return [];
        const workloads = workloadsAt(expansion.universe, managed);
        return programs.map((program) => ({ program, workloads }));
      }),
    ),
  );
}

function namesAccount(program: Program): boolean {
  const fields = program.alternatives.get("linux");
  return fields !== undefined && (fields.has("user") || fields.has("group"));
}

function lacksNumber(workload: Workload, kind: AccountKind, account: string): boolean {
  if (workload.platform !== "linux") return false;
  const found = (kind === "user" ? workload.users : workload.groups).get(account);
  return typeof found !== "number";
}
