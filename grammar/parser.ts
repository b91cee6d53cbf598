// The grammar of a file: its header and its declarations. Rule names are those of `grammar.ebnf`.
import type { IOrAlt } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type {
  Assertion,
  BodyDeclaration,
  Declaration,
  Fixture,
  FixtureItem,
  FlowExpression,
  Name,
  ProgramDeclaration,
  SegmentDeclaration,
  ServiceDeclaration,
  SetExpression,
  StringLiteral,
  TemplateDeclaration,
  TemplateParameter,
  TestDeclaration,
  UseArgument,
  UseDeclaration,
} from "./ast.ts";
import type { ParserInput, ParserOptions } from "./parser-base.ts";
import { VocabularyParser } from "./parser-vocabulary.ts";
import * as t from "./tokens.ts";

/** What a file holds, before its source and comments are added. */
export interface FileContents {
  readonly name: Name | undefined;
  readonly isRoot: boolean;
  readonly by: Name | undefined;
  readonly declarations: readonly Declaration[];
}

export interface Read<Contents> {
  readonly contents: Contents;
  /** Names whose declarations could not be read. */
  readonly broken: readonly Name[];
  /** In the order found. */
  readonly problems: readonly Diagnostic[];
}

type Header = Omit<FileContents, "declarations">;
type Named =
  | SegmentDeclaration
  | ServiceDeclaration
  | ProgramDeclaration
  | TemplateDeclaration
  | UseDeclaration;

const noHeader: Header = { name: undefined, isRoot: false, by: undefined };

export class SegParser extends VocabularyParser {
  constructor(options: ParserOptions) {
    super(options);
    this.performSelfAnalysis();
  }

  /** Reads the tokens of a whole file. */
  readFile(input: ParserInput): Read<FileContents> {
    this.begin(input);
    const contents = this.file();
    return { contents, broken: this.brokenNames(), problems: this.problems() };
  }

  /** Reads the tokens of a flow typed by hand. */
  readFlow(input: ParserInput): Read<FlowExpression | undefined> {
    this.begin(input);
    const contents = this.typedFlow().flow;
    return { contents, broken: this.brokenNames(), problems: this.problems() };
  }

  readonly file = this.RULE("file", (): FileContents => {
    const headers: Header[] = [];
    const problems = this.diagnostics.length + this.misspelt.length;
    if (this.RECORDING_PHASE || this.hasHeader()) {
      this.statement("file", headers, () => this.SUBRULE(this.header));
    }
    // A header that was reported says nothing that segc.yaml could be held against.
    const isSound = this.diagnostics.length + this.misspelt.length === problems;
    const declarations: Declaration[] = [];
    do {
      this.MANY(() => {
        this.statement("file", declarations, () => this.SUBRULE(this.decl));
      });
    } while (this.skippedStray("file", declarations));
    const [header = noHeader] = headers;
    const by = header.by?.span.start; // a missing team takes the first word of the next line
    const isLost = by !== undefined && this.diagnostics.some(({ span }) => span?.start === by);
    return { ...(isSound && !isLost ? header : noHeader), declarations };
  });

  readonly header = this.RULE("header", (): Header => {
    this.CONSUME(t.kw.module);
    const name = this.toName(this.CONSUME(t.Name));
    let isRoot = false;
    let by: Name | undefined;
    this.OPTION(() => {
      this.CONSUME(t.kw.root);
      isRoot = true;
    });
    this.OPTION2(() => {
      this.CONSUME(t.kw.by);
      by = this.toName(this.CONSUME2(t.Name));
    });
    if (!isRoot && by === undefined) this.reportUnowned();
    return { name, isRoot, by };
  });

  readonly decl = this.RULE(
    "decl",
    (): Declaration => this.OR<IOrAlt<Declaration>[]>(this.#declarations),
  );
  readonly #declarations: IOrAlt<Declaration>[] = [
    { ALT: () => this.SUBRULE(this.rule) },
    { ALT: () => this.SUBRULE(this.named) },
    { ALT: () => this.SUBRULE(this.import) },
    { ALT: () => this.SUBRULE(this.label) },
    { ALT: () => this.SUBRULE(this.require) },
    { ALT: () => this.SUBRULE(this.team) },
    { ALT: () => this.SUBRULE(this.delegate) },
    { ALT: () => this.SUBRULE(this.observe) },
    { ALT: () => this.SUBRULE(this.guard) },
    { ALT: () => this.SUBRULE(this.test) },
  ];

  readonly named = this.RULE("named", (): Named => {
    this.#head = [false, this.start()];
    this.OPTION(this.#export);
    return this.OR<IOrAlt<Named>[]>(this.#namedThings);
  });
  readonly #namedThings: IOrAlt<Named>[] = [
    { ALT: () => this.SUBRULE(this.segment, { ARGS: this.#head }) },
    { ALT: () => this.SUBRULE(this.service, { ARGS: this.#head }) },
    { ALT: () => this.SUBRULE(this.program, { ARGS: this.#head }) },
    { ALT: () => this.SUBRULE(this.template, { ARGS: this.#head }) },
    { ALT: () => this.SUBRULE(this.use, { ARGS: this.#head }) },
  ];

  readonly bodyDecl = this.RULE(
    "bodyDecl",
    (): BodyDeclaration => this.OR<IOrAlt<BodyDeclaration>[]>(this.#bodyDeclarations),
  );
  readonly #bodyDeclarations: IOrAlt<BodyDeclaration>[] = [
    { ALT: () => this.SUBRULE(this.rule) },
    {
      ALT: () => {
        this.#head = [false, this.start()];
        this.OPTION(this.#export);
        return this.OR2<IOrAlt<BodyDeclaration>[]>(this.#bodyThings);
      },
    },
  ];
  readonly #bodyThings: IOrAlt<BodyDeclaration>[] = [
    { ALT: () => this.SUBRULE(this.segment, { ARGS: this.#head }) },
    { ALT: () => this.SUBRULE(this.service, { ARGS: this.#head }) },
    { ALT: () => this.SUBRULE(this.program, { ARGS: this.#head }) },
  ];

  /** Of the declaration at hand: whether it is exported, and where it starts. */
  #head: [boolean, number] = [false, 0];
  readonly #export = (): void => {
    this.CONSUME(t.kw.export);
    this.#head[0] = true;
  };

  // --- named things -----------------------------------------------------------------------------

  readonly segment = this.RULE(
    "segment",
    (exported: boolean, start: number): SegmentDeclaration => {
      this.CONSUME(t.kw.segment);
      const name = this.toName(this.CONSUME(t.Name));
      this.CONSUME(t.Equals);
      const set = this.SUBRULE(this.setExpr);
      return { kind: "segment", exported, name, set, span: this.spanFrom(start) };
    },
  );

  readonly service = this.RULE(
    "service",
    (exported: boolean, start: number): ServiceDeclaration => {
      this.CONSUME(t.kw.service);
      const name = this.toName(this.CONSUME(t.Name));
      this.CONSUME(t.Equals);
      const service = this.SUBRULE(this.svcExpr);
      return { kind: "service", exported, name, service, span: this.spanFrom(start) };
    },
  );

  readonly program = this.RULE(
    "program",
    (exported: boolean, start: number): ProgramDeclaration => {
      this.CONSUME(t.kw.program);
      const name = this.toName(this.CONSUME(t.Name));
      const body = this.SUBRULE(this.progBody);
      return { kind: "program", exported, name, body, span: this.spanFrom(start) };
    },
  );

  readonly template = this.RULE(
    "template",
    (exported: boolean, start: number): TemplateDeclaration => {
      this.CONSUME(t.kw.template);
      const name = this.toName(this.CONSUME(t.Name));
      this.CONSUME(t.LeftParen);
      const parameters = this.list(() => this.SUBRULE(this.param));
      this.CONSUME(t.RightParen);
      this.CONSUME(t.LeftBrace);
      const body: BodyDeclaration[] = [];
      do {
        this.MANY(() => {
          this.statement("template", body, () => this.SUBRULE(this.bodyDecl));
        });
      } while (this.skippedStray("template", body));
      this.CONSUME(t.RightBrace);
      const span = this.spanFrom(start);
      return { kind: "template", exported, name, parameters, body, span };
    },
  );

  readonly param = this.RULE("param", (): TemplateParameter => {
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.Colon);
    const type = this.toName(this.CONSUME2(t.Name));
    return { name, type, span: this.spanFrom(name.span.start) };
  });

  readonly use = this.RULE("use", (exported: boolean, start: number): UseDeclaration => {
    this.CONSUME(t.kw.use);
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.Equals);
    const template = this.SUBRULE(this.qname);
    this.CONSUME(t.LeftParen);
    const args = this.list(() => this.SUBRULE(this.arg));
    this.CONSUME(t.RightParen);
    const span = this.spanFrom(start);
    return { kind: "use", exported, name, template, arguments: args, span };
  });

  readonly arg = this.RULE("arg", (): UseArgument => {
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.Colon);
    const value = this.OR<IOrAlt<StringLiteral | SetExpression>[]>([
      { ALT: () => this.SUBRULE(this.setExpr) },
      { ALT: () => this.toText(this.CONSUME(t.Text)) },
    ]);
    return { name, value, span: this.spanFrom(name.span.start) };
  });

  // --- tests --------------------------------------------------------------------------------------

  readonly test = this.RULE("test", (): TestDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.test);
    const title = this.toText(this.CONSUME(t.Text));
    this.CONSUME(t.LeftBrace);
    const items: (Fixture | Assertion)[] = [];
    do {
      this.MANY(() => {
        this.statement("test", items, () => this.SUBRULE(this.testItem));
      });
    } while (this.skippedStray("test", items));
    this.CONSUME(t.RightBrace);
    const fixtures = items.filter((item) => "items" in item);
    const assertions = items.filter((item) => "expect" in item);
    return { kind: "test", title, fixtures, assertions, span: this.spanFrom(start) };
  });

  readonly testItem = this.RULE("testItem", (): Fixture | Assertion =>
    this.OR<IOrAlt<Fixture | Assertion>[]>([
      { ALT: () => this.SUBRULE(this.fixture) },
      { ALT: () => this.SUBRULE(this.assertion) },
    ]),
  );

  readonly assertion = this.RULE("assertion", (): Assertion => {
    const verb = this.CONSUME(t.ExpectWord);
    const flow = this.SUBRULE(this.flow);
    // ExpectWord is the category of exactly these two keywords.
    const expect = verb.image as "allowed" | "denied";
    return { expect, expectSpan: this.spanOf(verb), flow, span: this.spanFrom(verb.startOffset) };
  });

  readonly fixture = this.RULE("fixture", (): Fixture => {
    const start = this.start();
    this.CONSUME(t.kw.workload);
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.LeftBrace);
    const items = this.list(() => this.SUBRULE(this.item));
    this.CONSUME(t.RightBrace);
    return { name, items, span: this.spanFrom(start) };
  });

  readonly item = this.RULE("item", (): FixtureItem => {
    const key = this.toName(this.CONSUME(t.Name));
    let braced = false;
    const values = this.OR<IOrAlt<(Name | StringLiteral)[]>[]>([
      { ALT: () => [this.SUBRULE(this.val1)] },
      {
        ALT: () => {
          braced = true;
          this.CONSUME(t.LeftBrace);
          const list = this.list(() => this.SUBRULE2(this.val1));
          this.CONSUME(t.RightBrace);
          return list;
        },
      },
    ]);
    return { key, values, braced, span: this.spanFrom(key.span.start) };
  });

  readonly val1 = this.RULE("val1", (): Name | StringLiteral =>
    this.OR<IOrAlt<Name | StringLiteral>[]>([
      { ALT: () => this.toName(this.CONSUME(t.Name)) },
      { ALT: () => this.toText(this.CONSUME(t.Text)) },
    ]),
  );

  /** The whole of a text typed by hand, like `web -> api : https`. */
  readonly typedFlow = this.RULE("typedFlow", (): { flow: FlowExpression | undefined } => {
    const flows: FlowExpression[] = [];
    this.statement("flow", flows, () => this.SUBRULE(this.flow));
    this.expectEnd();
    return { flow: flows[0] };
  });
}
