// The grammar of a file: its header and its declarations. Rule names are those of `grammar.ebnf`.
import type { IOrAlt } from "chevrotain";
import type {
  Assertion,
  BodyDeclaration,
  Declaration,
  DelegateDeclaration,
  Direction,
  Fixture,
  FixtureItem,
  FlowExpression,
  ImportDeclaration,
  LabelDeclaration,
  LabelNode,
  Meta,
  Name,
  ObserveDeclaration,
  ProgramDeclaration,
  RequireDeclaration,
  SegmentDeclaration,
  ServiceDeclaration,
  SetExpression,
  StringLiteral,
  TeamDeclaration,
  TemplateDeclaration,
  TemplateParameter,
  TestDeclaration,
  UseArgument,
  UseDeclaration,
} from "./ast.ts";
import type { ParserOptions } from "./parser-base.ts";
import { RuleParser } from "./parser-rules.ts";
import * as t from "./tokens.ts";

/** What a file holds, before its source and comments are added. */
export interface FileContents {
  readonly name: Name | undefined;
  readonly isRoot: boolean;
  readonly by: Name | undefined;
  readonly declarations: readonly Declaration[];
}

type Header = Omit<FileContents, "declarations">;
type Named =
  | SegmentDeclaration
  | ServiceDeclaration
  | ProgramDeclaration
  | TemplateDeclaration
  | UseDeclaration;

const noHeader: Header = { name: undefined, isRoot: false, by: undefined };

export class SegParser extends RuleParser {
  constructor(options: ParserOptions) {
    super(options);
    this.performSelfAnalysis();
  }

  readonly file = this.RULE("file", (): FileContents => {
    let header: Header | undefined;
    this.recovering(() => {
      header = this.SUBRULE(this.header);
    }, "file");
    const declarations: Declaration[] = [];
    do {
      this.MANY(() => {
        this.recovering(() => {
          const before = this.damage;
          const declaration = this.SUBRULE(this.decl);
          this.keep(declarations, declaration, before);
        }, "file");
      });
    } while (this.skippedStray(declarations, "file"));
    return { ...(header ?? noHeader), declarations };
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
    if (!this.RECORDING_PHASE && !isRoot && by === undefined) this.failExpecting("`root` or `by`");
    return { name, isRoot, by };
  });

  readonly decl = this.RULE(
    "decl",
    (): Declaration =>
      this.OR<IOrAlt<Declaration>[]>([
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
      ]),
  );

  readonly named = this.RULE("named", (): Named => {
    const start = this.start();
    let exported = false;
    this.OPTION(() => {
      this.CONSUME(t.kw.export);
      exported = true;
    });
    const ARGS: [boolean, number] = [exported, start];
    return this.OR<IOrAlt<Named>[]>([
      { ALT: () => this.SUBRULE(this.segment, { ARGS }) },
      { ALT: () => this.SUBRULE(this.service, { ARGS }) },
      { ALT: () => this.SUBRULE(this.program, { ARGS }) },
      { ALT: () => this.SUBRULE(this.template, { ARGS }) },
      { ALT: () => this.SUBRULE(this.use, { ARGS }) },
    ]);
  });

  readonly bodyDecl = this.RULE(
    "bodyDecl",
    (): BodyDeclaration =>
      this.OR<IOrAlt<BodyDeclaration>[]>([
        { ALT: () => this.SUBRULE(this.rule) },
        {
          ALT: () => {
            const start = this.start();
            let exported = false;
            this.OPTION(() => {
              this.CONSUME(t.kw.export);
              exported = true;
            });
            const ARGS: [boolean, number] = [exported, start];
            return this.OR2<IOrAlt<BodyDeclaration>[]>([
              { ALT: () => this.SUBRULE(this.segment, { ARGS }) },
              { ALT: () => this.SUBRULE(this.service, { ARGS }) },
              { ALT: () => this.SUBRULE(this.program, { ARGS }) },
            ]);
          },
        },
      ]),
  );

  // --- vocabulary, ownership ------------------------------------------------------------------

  readonly import = this.RULE("import", (): ImportDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.import);
    const names = this.SUBRULE(this.names);
    this.CONSUME(t.kw.from);
    const from = this.toName(this.CONSUME(t.Name));
    return { kind: "import", names, from, span: this.spanFrom(start) };
  });

  readonly label = this.RULE("label", (): LabelDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.label);
    const name = this.toName(this.CONSUME(t.Name));
    this.checkLabelName(name);
    this.CONSUME(t.Colon);
    let tree: LabelNode[] = [];
    const type = this.OR<IOrAlt<LabelDeclaration["type"]>[]>([
      {
        ALT: () => {
          this.CONSUME(t.kw.enum);
          tree = this.SUBRULE(this.tree);
          return "enum";
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.kw.set);
          tree = this.SUBRULE2(this.tree);
          return "set";
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.kw.name);
          return "name";
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.kw.string);
          return "string";
        },
      },
    ]);
    let optional = false;
    this.OPTION(() => {
      this.CONSUME(t.kw.optional);
      optional = true;
    });
    return { kind: "label", name, type, tree, optional, span: this.spanFrom(start) };
  });

  readonly tree = this.RULE("tree", (): LabelNode[] => {
    this.CONSUME(t.LeftBrace);
    const nodes = this.list(() => this.SUBRULE(this.node));
    this.CONSUME(t.RightBrace);
    return nodes;
  });

  readonly node = this.RULE("node", (): LabelNode => {
    const name = this.toName(this.CONSUME(t.Name));
    let children: LabelNode[] = [];
    this.OPTION(() => {
      children = this.SUBRULE(this.tree);
    });
    return { name, children, span: this.spanFrom(name.span.start) };
  });

  readonly require = this.RULE("require", (): RequireDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.require);
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.Equals);
    const of = this.SUBRULE(this.setExpr);
    this.CONSUME(t.kw.have);
    const have = this.SUBRULE(this.pred);
    return { kind: "require", name, of, have, span: this.spanFrom(start) };
  });

  readonly team = this.RULE("team", (): TeamDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.team);
    const name = this.toName(this.CONSUME(t.Name));
    this.CONSUME(t.kw.owns);
    const owns = this.SUBRULE(this.setExpr);
    let writes: Name[] = [];
    this.OPTION(() => {
      this.CONSUME(t.kw.writes);
      writes = this.SUBRULE(this.names);
    });
    return { kind: "team", name, owns, writes, span: this.spanFrom(start) };
  });

  readonly delegate = this.RULE("delegate", (): DelegateDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.delegate);
    const directions = this.SUBRULE(this.dirs);
    this.CONSUME(t.kw.of);
    const of = this.SUBRULE(this.setExpr);
    let peers: SetExpression | undefined;
    this.OPTION(() => {
      this.CONSUME(t.kw.with);
      peers = this.SUBRULE2(this.setExpr);
    });
    this.CONSUME(t.Colon);
    const service = this.SUBRULE(this.svcExpr);
    this.CONSUME(t.kw.to);
    const to = this.SUBRULE(this.names);
    const span = this.spanFrom(start);
    return { kind: "delegate", directions, of, with: peers, service, to, span };
  });

  readonly observe = this.RULE("observe", (): ObserveDeclaration => {
    const start = this.start();
    this.CONSUME(t.kw.observe);
    const directions = this.SUBRULE(this.dirs);
    this.CONSUME(t.kw.of);
    const of = this.SUBRULE(this.setExpr);
    this.CONSUME(t.kw.until);
    const until = this.toDate(this.CONSUME(t.CalendarDate));
    let meta: Meta | undefined;
    this.OPTION(() => {
      meta = this.SUBRULE(this.meta, { ARGS: ["observe"] });
    });
    return { kind: "observe", directions, of, until, meta, span: this.spanFrom(start) };
  });

  readonly dirs = this.RULE("dirs", (): Direction[] => {
    const directions: Direction[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      // DirectionWord is the category of exactly these two keywords.
      DEF: () => directions.push(this.CONSUME(t.DirectionWord).image as Direction),
    });
    return directions;
  });

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
          this.recovering(() => {
            const before = this.damage;
            this.keep(body, this.SUBRULE(this.bodyDecl), before);
          }, "template");
        });
      } while (this.skippedStray(body, "template"));
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
    const fixtures: Fixture[] = [];
    const assertions: Assertion[] = [];
    do {
      this.MANY(() => {
        this.recovering(() => {
          this.OR([
            { ALT: () => fixtures.push(this.SUBRULE(this.fixture)) },
            { ALT: () => assertions.push(this.SUBRULE(this.assertion)) },
          ]);
        }, "test");
      });
    } while (this.skippedStray([], "test"));
    this.CONSUME(t.RightBrace);
    return { kind: "test", title, fixtures, assertions, span: this.spanFrom(start) };
  });

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
    let flow: FlowExpression | undefined;
    this.recovering(() => {
      flow = this.SUBRULE(this.flow);
    }, "flow");
    if (!this.RECORDING_PHASE) this.expectEnd();
    return { flow };
  });
}
