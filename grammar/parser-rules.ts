// Flows, what may be said about them in braces, and the statements made of them: rules and
// guardrails.
import type { IOrAlt, IToken } from "chevrotain";
import { diagnose } from "../diagnostics/registry.ts";
import type {
  DateLiteral,
  FlowCondition,
  FlowExpression,
  GuardDeclaration,
  GuardException,
  Meta,
  MetaItem,
  Name,
  RuleDeclaration,
} from "./ast.ts";
import { isDate } from "./date.ts";
import { checkMeta, type MetaPlace } from "./meta-faults.ts";
import { SetParser } from "./parser-sets.ts";
import * as t from "./tokens.ts";

export abstract class RuleParser extends SetParser {
  readonly flow = this.RULE("flow", (): FlowExpression => {
    const start = this.start();
    const source = this.SUBRULE(this.setExpr);
    this.CONSUME(t.Arrow);
    const destination = this.SUBRULE2(this.setExpr);
    this.CONSUME(t.Colon);
    const service = this.SUBRULE(this.svcExpr);
    let condition: FlowCondition | undefined;
    this.OPTION(() => {
      const when = this.CONSUME(t.kw.when);
      const relation = this.CONSUME(t.RelationWord);
      const label = this.toName(this.CONSUME(t.Name));
      // RelationWord is the category of exactly these two keywords.
      const word = relation.image as "same" | "different";
      condition = { relation: word, label, span: this.spanFrom(when.startOffset) };
    });
    const span = this.spanFrom(start);
    if (!this.RECORDING_PHASE) this.skipOneEnded();
    return { source, destination, service, condition, span };
  });

  readonly rule = this.RULE("rule", (): RuleDeclaration => {
    const start = this.start();
    let staged = false;
    this.OPTION(() => {
      this.CONSUME(t.kw.staged);
      staged = true;
    });
    const verb = this.CONSUME(t.EffectWord);
    // EffectWord is the category of exactly these two keywords.
    const effect = verb.image as "allow" | "deny";
    const name = this.SUBRULE(this.optionalName);
    const flow = this.SUBRULE(this.flow);
    let meta: Meta | undefined;
    this.OPTION2(() => {
      meta = this.SUBRULE(this.meta, { ARGS: [effect] });
    });
    const span = this.spanFrom(start);
    return { kind: "rule", staged, effect, effectSpan: this.spanOf(verb), name, flow, meta, span };
  });

  /** `NAME =`, which only its second token tells from a flow. */
  readonly optionalName = this.RULE("optionalName", (): Name | undefined => {
    return this.OPTION(this.#nameBeforeEquals);
  });
  readonly #nameBeforeEquals = {
    GATE: (): boolean => this.LA(2).tokenType === t.Equals,
    DEF: (): Name => {
      const name = this.toName(this.CONSUME(t.Name));
      this.CONSUME(t.Equals);
      return name;
    },
  };

  readonly guard = this.RULE("guard", (): GuardDeclaration => {
    const verb = this.CONSUME(t.GuardWord);
    const name = this.SUBRULE(this.optionalName);
    const flow = this.SUBRULE(this.flow);
    const exceptions: GuardException[] = [];
    let meta: Meta | undefined;
    this.OPTION(() => {
      const items: MetaItem[] = [];
      const start = this.start();
      this.CONSUME(t.LeftBrace);
      this.MANY(() => {
        this.OR([
          { ALT: () => exceptions.push(this.SUBRULE(this.exception)) },
          { ALT: () => items.push(this.SUBRULE(this.metaItem)) },
        ]);
      });
      this.CONSUME(t.RightBrace);
      const block = { items, span: this.spanFrom(start) };
      if (items.length > 0) meta = block;
      if (!this.RECORDING_PHASE) this.#checkMeta(block, "guard", exceptions.length > 0);
    });
    return {
      kind: "guard",
      // GuardWord is the category of exactly these three keywords.
      verb: verb.image as "never" | "only" | "always",
      verbSpan: this.spanOf(verb),
      name,
      flow,
      exceptions,
      meta,
      span: this.spanFrom(verb.startOffset),
    };
  });

  readonly exception = this.RULE("exception", (): GuardException => {
    const start = this.start();
    this.CONSUME(t.kw.except);
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.Equals);
    const flow = this.SUBRULE(this.flow);
    let meta: Meta | undefined;
    this.OPTION(() => {
      meta = this.SUBRULE(this.meta, { ARGS: ["exception"] });
    });
    return { name, flow, meta, span: this.spanFrom(start) };
  });

  readonly meta = this.RULE("meta", (place: MetaPlace): Meta => {
    const start = this.start();
    const items: MetaItem[] = [];
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      items.push(this.SUBRULE(this.metaItem));
    });
    this.CONSUME(t.RightBrace);
    const meta = { items, span: this.spanFrom(start) };
    if (!this.RECORDING_PHASE) this.#checkMeta(meta, place, false);
    return meta;
  });

  readonly metaItem = this.RULE(
    "metaItem",
    (): MetaItem => this.OR<IOrAlt<MetaItem>[]>(this.#metaItems),
  );
  readonly #metaItems: IOrAlt<MetaItem>[] = [
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.because);
        const value = this.toText(this.CONSUME(t.Text));
        return { kind: "because", value, span: this.spanFrom(startOffset) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.ticket);
        const value = this.toText(this.CONSUME2(t.Text));
        return { kind: "ticket", value, span: this.spanFrom(startOffset) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.until);
        const date = this.toDate(this.CONSUME(t.CalendarDate));
        return { kind: "until", date, span: this.spanFrom(startOffset) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.log);
        // LogWord is the category of exactly these three keywords.
        const mode = this.CONSUME(t.LogWord).image as "new" | "all" | "none";
        return { kind: "log", mode, span: this.spanFrom(startOffset) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.kw.family);
        const family = this.CONSUME(t.FamilyWord).image === "v4" ? 4 : 6;
        return { kind: "family", family, span: this.spanFrom(startOffset) };
      },
    },
    { ALT: () => this.SUBRULE(this.fallback) },
  ];

  readonly fallback = this.RULE("fallback", (): MetaItem => {
    const start = this.start();
    this.CONSUME(t.kw.fallback);
    return this.OR<IOrAlt<MetaItem>[]>([
      {
        ALT: () => {
          this.CONSUME(t.kw.network);
          return { kind: "fallback-network", span: this.spanFrom(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.kw.cidr);
          const cidrs = this.SUBRULE(this.cidrs);
          return { kind: "fallback-cidr", cidrs, span: this.spanFrom(start) };
        },
      },
    ]);
  });

  protected toDate(token: IToken): DateLiteral {
    const span = this.spanOf(token);
    if (!this.RECORDING_PHASE && !isDate(token.image)) {
      this.reportDamage(() => diagnose("SEG114", span, { text: token.image }));
    }
    return { value: token.image, span };
  }

  #checkMeta(meta: Meta, place: MetaPlace, hasExceptions: boolean): void {
    this.reportAll(checkMeta(meta, { place, hasExceptions }));
  }
}
