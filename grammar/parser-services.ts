// Names and services: the leaves that everything else is made of.
import type { IOrAlt, IToken } from "chevrotain";
import type {
  Name,
  Parameter,
  QualifiedName,
  ServiceExpression,
  ServiceItem,
  StringLiteral,
} from "./ast.ts";
import { selecting } from "./parser-base.ts";
import { RecoveringParser } from "./parser-recovery.ts";
import { serviceLiteral } from "./service-literal.ts";
import { decodeString } from "./string-literal.ts";
import * as t from "./tokens.ts";

/** Only while the grammar is recorded. */
const noService: ServiceItem = {
  kind: "any-service",
  span: { source: { path: "", text: "" }, start: 0, end: 0 },
};

export abstract class ServiceParser extends RecoveringParser {
  /** `{ a, b, }`: names and nothing else. */
  readonly names = this.RULE("names", (): Name[] => {
    this.CONSUME(t.LeftBrace);
    const names = this.list(() => this.toName(this.CONSUME(t.Name)));
    this.CONSUME(t.RightBrace);
    return names;
  });

  readonly qname = this.RULE("qname", (): QualifiedName => {
    const first = this.toName(this.CONSUME(t.Name));
    const parts = [first];
    if (this.#isLastPart()) return { kind: "name", parts, span: first.span };
    this.MANY(() => {
      this.CONSUME(t.Dot);
      parts.push(this.toName(this.CONSUME2(t.Name)));
    });
    return { kind: "name", parts, span: this.spanFrom(first.span.start) };
  });

  /** Spares most names the loop over their parts. */
  #isLastPart(): boolean {
    return !this.RECORDING_PHASE && this.LA(1).tokenType !== t.Dot;
  }

  readonly parameter = this.RULE("parameter", (): Parameter => {
    const start = this.start();
    this.CONSUME(t.Dollar);
    const { text } = this.toName(this.CONSUME(t.Name));
    return { kind: "parameter", name: text, span: this.spanFrom(start) };
  });

  readonly svcExpr = this.RULE(
    "svcExpr",
    (): ServiceExpression => this.OR<IOrAlt<ServiceExpression>[]>(this.#services),
  );
  readonly #services: IOrAlt<ServiceExpression>[] = [
    {
      ALT: () => {
        const item = this.SUBRULE2(this.svcPrim);
        return { items: [item], braced: false, span: item.span };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(t.LeftBrace);
        const items = this.list(() => this.SUBRULE(this.svcPrim), selecting);
        this.CONSUME(t.RightBrace);
        return { items, braced: true, span: this.spanFrom(startOffset) };
      },
    },
  ];

  readonly svcPrim = this.RULE(
    "svcPrim",
    (): ServiceItem => this.OR<IOrAlt<ServiceItem>[]>(this.#servicePrimaries),
  );
  readonly #servicePrimaries: IOrAlt<ServiceItem>[] = [
    { ALT: () => this.SUBRULE(this.svcNamed) },
    { ALT: () => this.SUBRULE(this.parameter) },
    {
      ALT: () => ({
        kind: "any-service",
        span: this.spanOf(this.CONSUME(t.kw["any-service"])),
      }),
    },
  ];

  /** `tcp/443` and `core.https` both begin with a name. */
  readonly svcNamed = this.RULE("svcNamed", (): ServiceItem => {
    const first = this.CONSUME(t.Name);
    let item: ServiceItem | undefined;
    this.OPTION(() => {
      item = this.SUBRULE(this.svcDetail, { ARGS: [first] });
    });
    if (item !== undefined && !this.RECORDING_PHASE) return item;
    const name = this.toName(first);
    const parts = [name];
    if (this.#isLastPart()) return { kind: "name", parts, span: name.span };
    this.MANY(() => {
      this.CONSUME(t.Dot);
      parts.push(this.toName(this.CONSUME2(t.Name)));
    });
    return { kind: "name", parts, span: this.spanFrom(first.startOffset) };
  });

  readonly svcDetail = this.RULE("svcDetail", (protocol: IToken): ServiceItem => {
    this.CONSUME(t.Slash);
    const detail = this.OR<IOrAlt<IToken>[]>(this.#details);
    const code = this.OPTION(this.#code);
    if (this.RECORDING_PHASE) return noService;
    const span = this.spanFrom(protocol.startOffset);
    if (protocol.tokenType === t.MisspeltName) {
      this.noteMisspelt(protocol);
      this.damage++;
      return { kind: "any-service", span };
    }
    const read = serviceLiteral({ protocol, detail, code, span });
    if (read.diagnostic !== undefined) this.reportDamage(read.diagnostic);
    return read.literal;
  });
  readonly #details: IOrAlt<IToken>[] = [
    { ALT: () => this.CONSUME(t.Integer) },
    { ALT: () => this.CONSUME(t.Range) },
    { ALT: () => this.CONSUME(t.Star) },
    { ALT: () => this.CONSUME(t.Name) },
  ];
  readonly #code = (): IToken => {
    this.CONSUME2(t.Slash);
    return this.CONSUME2(t.Integer);
  };

  /** The name that a token is. */
  protected toName(token: IToken): Name {
    if (token.tokenType === t.MisspeltName) this.noteMisspelt(token);
    return { text: token.image, span: this.spanOf(token) };
  }

  protected toText(token: IToken): StringLiteral {
    const span = this.spanOf(token);
    const decoded = this.RECORDING_PHASE ? { value: "" } : decodeString(token.image, span);
    if (decoded.fault !== undefined) this.reportDamage(decoded.fault);
    return { kind: "string", value: decoded.value, span };
  }
}
