// Peers: predicates over labels, inline programs, and sets of endpoints.
import type { IOrAlt } from "chevrotain";
import { diagnose } from "../diagnostics/registry.ts";
import type {
  CidrLiteral,
  Predicate,
  ProgramAlternative,
  ProgramBody,
  ProgramField,
  ProgramFieldItem,
  QualifiedName,
  SetExpression,
  StringLiteral,
  Value,
} from "./ast.ts";
import { readCidr } from "./cidr.ts";
import { bareNot, mixedPredicate, mixedSet } from "./operator-faults.ts";
import { selecting } from "./parser-base.ts";
import { ServiceParser } from "./parser-services.ts";
import { checkProgram } from "./program-faults.ts";
import * as t from "./tokens.ts";

/** `and b and c`, behind the first operand. */
interface Chain {
  readonly kind: "and" | "or";
  readonly others: readonly Predicate[];
}
interface SetChain {
  readonly operator: "&" | "except";
  readonly others: readonly SetExpression[];
}

/** `is not db`, behind the label. */
interface Comparison {
  readonly kind: "is" | "is-not" | "in" | "not-in" | "has-value";
  readonly values: readonly Value[];
}

export abstract class SetParser extends ServiceParser {
  readonly cidrs = this.RULE("cidrs", (): CidrLiteral[] => {
    this.CONSUME(t.LeftBrace);
    const cidrs = this.list(() => this.SUBRULE(this.cidr), selecting);
    this.CONSUME(t.RightBrace);
    return cidrs;
  });

  readonly cidr = this.RULE("cidr", (): CidrLiteral => {
    const address = this.CONSUME(t.Address);
    let text = address.image;
    this.OPTION(() => {
      this.CONSUME(t.Slash);
      text += `/${this.CONSUME(t.Integer).image}`;
    });
    const span = this.spanFrom(address.startOffset);
    if (this.RECORDING_PHASE) return { text, span };
    const read = readCidr(text, span);
    if (read.diagnostic !== undefined) {
      if (read.unusable === true) this.reportDamage(read.diagnostic);
      else this.report(read.diagnostic);
    }
    return { text: read.text, span };
  });

  // --- predicates ---------------------------------------------------------------------------

  // Alternatives are made once: those of `setPrim` alone would be twenty objects for every peer.

  readonly pred = this.RULE("pred", (): Predicate => {
    const start = this.start();
    const first = this.SUBRULE(this.atom);
    const chain = this.OPTION(this.#predChain);
    if (chain === undefined || this.RECORDING_PHASE) return first;
    const rest = { kind: chain.kind, of: [first, ...chain.others] };
    if (!this.RECORDING_PHASE && this.isNext(t.kw.and, t.kw.or)) this.#mixedPredicate(rest);
    return { ...rest, span: this.spanFrom(start) };
  });

  readonly #predChain = (): Chain => this.OR<IOrAlt<Chain>[]>(this.#predChains);
  readonly #predChains: IOrAlt<Chain>[] = [
    {
      ALT: () => {
        const others: Predicate[] = [];
        this.AT_LEAST_ONE(() => {
          this.CONSUME(t.kw.and);
          others.push(this.SUBRULE2(this.atom));
        });
        return { kind: "and", others };
      },
    },
    {
      ALT: () => {
        const others: Predicate[] = [];
        this.AT_LEAST_ONE2(() => {
          this.CONSUME(t.kw.or);
          others.push(this.SUBRULE3(this.atom));
        });
        return { kind: "or", others };
      },
    },
  ];

  readonly atom = this.RULE("atom", (): Predicate => this.OR<IOrAlt<Predicate>[]>(this.#atoms));
  readonly #atoms: IOrAlt<Predicate>[] = [
    { ALT: () => this.SUBRULE(this.cmp) },
    {
      ALT: () => {
        const start = this.start();
        this.CONSUME(t.kw.has);
        const label = this.toName(this.CONSUME(t.Name));
        return { kind: "has-label", label, span: this.spanFrom(start) };
      },
    },
    {
      ALT: () => {
        const not = this.CONSUME(t.kw.not);
        if (!this.RECORDING_PHASE && !this.isNext(t.LeftParen)) return this.#bareNot(not);
        this.CONSUME(t.LeftParen);
        const of = this.SUBRULE(this.pred);
        this.CONSUME(t.RightParen);
        return { kind: "not", of, span: this.spanFrom(not.startOffset) };
      },
    },
    {
      ALT: () => {
        const start = this.start();
        this.CONSUME2(t.LeftParen);
        const of = this.SUBRULE2(this.pred);
        this.CONSUME2(t.RightParen);
        return { kind: "parenthesised-predicate", of, span: this.spanFrom(start) };
      },
    },
  ];

  readonly cmp = this.RULE("cmp", (): Predicate => {
    const label = this.toName(this.CONSUME(t.Name));
    const { kind, values } = this.OR<IOrAlt<Comparison>[]>(this.#comparisons);
    return { kind, label, values, span: this.spanFrom(label.span.start) };
  });

  readonly #comparisons: IOrAlt<Comparison>[] = [
    {
      ALT: () => {
        this.CONSUME(t.kw.is);
        const not = this.OPTION(this.#not);
        return { kind: not === undefined ? "is" : "is-not", values: [this.SUBRULE(this.value)] };
      },
    },
    {
      ALT: () => {
        const not = this.OPTION2(this.#notIn);
        this.CONSUME(t.kw.in);
        this.CONSUME(t.LeftBrace);
        const values = this.list(() => this.SUBRULE2(this.value), selecting);
        this.CONSUME(t.RightBrace);
        return { kind: not === undefined ? "in" : "not-in", values };
      },
    },
    {
      ALT: () => {
        this.CONSUME(t.kw.has);
        return { kind: "has-value", values: [this.SUBRULE3(this.value)] };
      },
    },
  ];
  readonly #not = () => this.CONSUME(t.kw.not);
  readonly #notIn = () => this.CONSUME2(t.kw.not);

  readonly value = this.RULE("value", (): Value => this.OR<IOrAlt<Value>[]>(this.#values));
  readonly #values: IOrAlt<Value>[] = [
    {
      ALT: () => {
        const { text, span } = this.toName(this.CONSUME(t.Name));
        return { kind: "value", text, span };
      },
    },
    { ALT: () => this.toText(this.CONSUME(t.Text)) },
    { ALT: () => this.SUBRULE(this.parameter) },
  ];

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
  #mixedPredicate(first: { readonly kind: "and" | "or"; readonly of: readonly Predicate[] }): void {
    const operators = new Array<"and" | "or">(first.of.length - 1).fill(first.kind);
    const operands = [...first.of];
    while (this.isNext(t.kw.and, t.kw.or)) {
      operators.push(this.LA(1).tokenType === t.kw.and ? "and" : "or");
      this.skip();
      operands.push(this.SUBRULE4(this.atom));
    }
    this.reportDamage(() => mixedPredicate(operands, operators));
  }

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

  /** `not role is db`: read as `not (role is db)`. */
  #bareNot(not: { readonly startOffset: number }): Predicate {
    const isRepeated = this.isNext(t.kw.not);
    while (this.isNext(t.kw.not)) this.skip();
    const of = this.SUBRULE3(this.atom);
    const report = () => bareNot(of, { start: not.startOffset, isRepeated });
    if (isRepeated) this.reportDamage(report);
    else this.report(report);
    return { kind: "not", of, span: this.spanFrom(not.startOffset) };
  }
}
