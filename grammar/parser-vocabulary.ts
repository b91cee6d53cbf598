// What one project agrees on: imports, labels, promises, teams, delegations, learning windows.
import type { IOrAlt } from "chevrotain";
import type {
  DelegateDeclaration,
  Direction,
  ImportDeclaration,
  LabelDeclaration,
  LabelNode,
  Meta,
  Name,
  ObserveDeclaration,
  RequireDeclaration,
  SetExpression,
  TeamDeclaration,
} from "./ast.ts";
import { RuleParser } from "./parser-rules.ts";
import * as t from "./tokens.ts";

export abstract class VocabularyParser extends RuleParser {
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
}
