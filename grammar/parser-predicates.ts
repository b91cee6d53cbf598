// Addresses, and conditions on labels: what `networks` and `where` are followed by.
import type { IOrAlt } from "chevrotain";
import type { CidrLiteral, Predicate, Value } from "./ast.ts";
import { readCidr } from "./cidr.ts";
import { bareNot, mixedPredicate } from "./operator-faults.ts";
import { selecting } from "./parser-base.ts";
import { ServiceParser } from "./parser-services.ts";
import * as t from "./tokens.ts";

/** `and b and c`, behind the first operand. */
interface Chain {
  readonly kind: "and" | "or";
  readonly others: readonly Predicate[];
}
/** `is not db`, behind the label. */
interface Comparison {
  readonly kind: "is" | "is-not" | "in" | "not-in" | "has-value";
  readonly values: readonly Value[];
}

export abstract class PredicateParser extends ServiceParser {
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
