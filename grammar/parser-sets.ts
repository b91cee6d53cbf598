// Peers: programs and sets of endpoints.
import type { IOrAlt } from "chevrotain";
import { diagnose } from "../diagnostics/registry.ts";
import type {
  Predicate,
  ProgramAlternative,
  ProgramBody,
  ProgramField,
  ProgramFieldItem,
  QualifiedName,
  SetExpression,
  StringLiteral,
} from "./ast.ts";
import { mixedSet } from "./operator-faults.ts";
import { selecting } from "./parser-base.ts";
import { PredicateParser } from "./parser-predicates.ts";
import { checkProgram } from "./program-faults.ts";
import * as t from "./tokens.ts";

/** `& b & c`, or `except b`, behind the first operand. */
interface SetChain {
  readonly operator: "&" | "except";
  readonly others: readonly SetExpression[];
}

export abstract class SetParser extends PredicateParser {
  // --- programs -----------------------------------------------------------------------------

  readonly progBody = this.RULE("progBody", (): ProgramBody => {
    const start = this.start();
    this.CONSUME(t.LeftBrace);
    const alternatives: ProgramAlternative[] = [];
    this.OR([
      {
        ALT: () => {
          this.AT_LEAST_ONE(() => {
            alternatives.push(this.SUBRULE(this.progAlt));
          });
        },
      },
      {
        ALT: () => {
          const first = this.start();
          const fields: ProgramFieldItem[] = [];
          this.AT_LEAST_ONE2(() => {
            fields.push(this.SUBRULE(this.field));
          });
          const span = this.spanFrom(first);
          alternatives.push({ platform: undefined, platformSpan: undefined, fields, span });
        },
      },
    ]);
    this.CONSUME(t.RightBrace);
    if (!this.RECORDING_PHASE) this.reportAll(checkProgram(alternatives));
    return { alternatives, span: this.spanFrom(start) };
  });

  readonly progAlt = this.RULE("progAlt", (): ProgramAlternative => {
    const platform = this.CONSUME(t.PlatformWord);
    const fields: ProgramFieldItem[] = [];
    this.CONSUME(t.LeftBrace);
    this.AT_LEAST_ONE(() => {
      fields.push(this.SUBRULE(this.field));
    });
    this.CONSUME(t.RightBrace);
    return {
      // PlatformWord is the category of exactly these two keywords.
      platform: platform.image as "linux" | "windows",
      platformSpan: this.spanOf(platform),
      fields,
      span: this.spanFrom(platform.startOffset),
    };
  });

  readonly field = this.RULE("field", (): ProgramFieldItem => {
    const field = this.CONSUME(t.FieldWord);
    const value = this.toText(this.CONSUME(t.Text));
    return {
      // FieldWord is the category of exactly the program fields.
      field: field.image as ProgramField,
      fieldSpan: this.spanOf(field),
      value,
      span: this.spanFrom(field.startOffset),
    };
  });

  // --- sets ---------------------------------------------------------------------------------

  readonly setExpr = this.RULE("setExpr", (): SetExpression => {
    const start = this.start();
    const first = this.SUBRULE(this.setAt);
    const rest = this.OPTION(this.#setChain);
    if (rest === undefined || this.RECORDING_PHASE) return first;
    const operands = [first, ...rest.others];
    if (!this.RECORDING_PHASE && this.isNext(t.Ampersand, t.kw.except)) {
      this.#mixedSet(operands, rest.operator);
    }
    const span = this.spanFrom(start);
    const [except] = rest.others;
    if (rest.operator === "&" || except === undefined) {
      return { kind: "intersection", of: operands, span };
    }
    return { kind: "difference", of: first, except, span };
  });

  readonly #setChain = (): SetChain => this.OR<IOrAlt<SetChain>[]>(this.#setChains);
  readonly #setChains: IOrAlt<SetChain>[] = [
    {
      ALT: () => {
        const others: SetExpression[] = [];
        this.AT_LEAST_ONE(() => {
          this.CONSUME(t.Ampersand);
          others.push(this.SUBRULE2(this.setAt));
        });
        return { operator: "&", others };
      },
    },
    {
      ALT: () => {
        this.CONSUME(t.kw.except);
        return { operator: "except", others: [this.SUBRULE3(this.setAt)] };
      },
    },
  ];

  readonly setAt = this.RULE(
    "setAt",
    (): SetExpression => this.OR<IOrAlt<SetExpression>[]>(this.#setAts),
  );
  readonly #setAts: IOrAlt<SetExpression>[] = [
    {
      ALT: () => {
        const start = this.start();
        const program = this.SUBRULE(this.setPrim);
        const at = this.OPTION(this.#at);
        if (at === undefined) return program;
        return { kind: "program-at", program, at, span: this.spanFrom(start) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.program);
        const program = this.SUBRULE(this.progBody);
        this.CONSUME2(t.At);
        const at = this.SUBRULE3(this.setPrim);
        return { kind: "program-at", program, at, span: this.spanFrom(startOffset) };
      },
    },
  ];
  readonly #at = (): SetExpression => {
    this.CONSUME(t.At);
    return this.SUBRULE2(this.setPrim);
  };

  readonly setPrim = this.RULE(
    "setPrim",
    (): SetExpression => this.OR<IOrAlt<SetExpression>[]>(this.#setPrims),
  );
  readonly #setPrims: IOrAlt<SetExpression>[] = [
    {
      ALT: () => {
        // Behind a colon stands an argument, which may be a label's value.
        const isArgument = this.LA(0).tokenType === t.Colon;
        const name = this.SUBRULE(this.qname);
        if (!isArgument) this.#checkAny(name);
        return name;
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.workloads);
        const where = this.OPTION(this.#where);
        return { kind: "workloads", where, span: this.spanFrom(startOffset) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.LeftBrace);
        const of = this.list(() => this.SUBRULE(this.setExpr), selecting);
        this.CONSUME(t.RightBrace);
        return { kind: "union", of, span: this.spanFrom(startOffset) };
      },
    },
    { ALT: () => this.SUBRULE(this.parameter) },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.LeftParen);
        const of = this.SUBRULE2(this.setExpr);
        this.CONSUME(t.RightParen);
        return { kind: "parenthesised", of, span: this.spanFrom(startOffset) };
      },
    },
    { ALT: () => ({ kind: "outside", span: this.spanOf(this.CONSUME(t.kw.outside)) }) },
    { ALT: () => ({ kind: "internet", span: this.spanOf(this.CONSUME(t.kw.internet)) }) },
    { ALT: () => ({ kind: "anywhere", span: this.spanOf(this.CONSUME(t.kw.anywhere)) }) },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.networks);
        const cidrs = this.SUBRULE(this.cidrs);
        return { kind: "networks", cidrs, span: this.spanFrom(startOffset) };
      },
    },
    { ALT: () => this.SUBRULE(this.fqdn) },
  ];
  readonly #where = (): Predicate => {
    this.CONSUME(t.kw.where);
    return this.SUBRULE(this.pred);
  };

  readonly fqdn = this.RULE("fqdn", (): SetExpression => {
    const start = this.start();
    this.CONSUME(t.kw.fqdn);
    this.CONSUME(t.LeftBrace);
    const names = this.list((): StringLiteral => this.toText(this.CONSUME(t.Text)), selecting);
    this.CONSUME(t.RightBrace);
    return { kind: "fqdn", names, span: this.spanFrom(start) };
  });

  // --- what the grammar forbids but we can still read ------------------------------------------

  #checkAny({ parts, span }: QualifiedName): void {
    if (this.RECORDING_PHASE || parts.length > 1 || parts[0]?.text !== "any") return;
    this.reportDamage(() => diagnose("SEG107", span, {}));
  }

  /** Reads on to the end of a mixed chain, so that only the mixture is reported. */
  #mixedSet(read: readonly SetExpression[], operator: SetChain["operator"]): void {
    const operands = [...read];
    const operators = new Array<SetChain["operator"]>(read.length - 1).fill(operator);
    while (this.isNext(t.Ampersand, t.kw.except)) {
      operators.push(this.LA(1).tokenType === t.Ampersand ? "&" : "except");
      this.skip();
      operands.push(this.SUBRULE4(this.setAt));
    }
    this.reportDamage(() => mixedSet(operands, operators));
  }
}
