/** A built file of declarations: what it exports, what it imports, and what it declares. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

type Parsed = ReturnType<typeof parseSync>;
type Statement = Parsed['program']['body'][number];

/** A name of a file, or of another package. */
export interface Origin {
  /** The path of a file, or the name of a package's entry. */
  readonly from: string;
  /** The name there; `*` stands for all. */
  readonly name: string;
  readonly isPackage: boolean;
}

/** What one name stands for in a file: several statements where a function has several forms. */
export interface Declaration {
  /** As it is written, without comments. */
  readonly text: string;
  /** Names that it uses, which may be its own type parameters. */
  readonly uses: readonly string[];
}

/** A parsed `.d.ts`. */
export class DeclarationFile {
  /** Names that are exported, by whom they come from: the file itself, another, or a package. */
  readonly exports: ReadonlyMap<string, Origin>;
  /** What is exported as a whole, `export * from`. */
  readonly wholes: readonly Origin[];
  readonly #imports: ReadonlyMap<string, Origin>;
  readonly #statements = new Map<string, Statement[]>();
  readonly #path: string;
  readonly #text: string;
  readonly #comments: Parsed['comments'];

  constructor(path: string) {
    this.#path = path;
    this.#text = readFileSync(path, 'utf8');
    const { module, program, comments, errors } = parseSync(path, this.#text);
    if (errors[0] !== undefined) throw new Error(`${path} cannot be parsed: ${errors[0].message}`);
    this.#comments = comments;
    this.#imports = new Map(
      module.staticImports.flatMap(({ moduleRequest, entries }) =>
        entries.map(({ importName, localName }) => [
          localName.value,
          this.#origin(moduleRequest.value, importName.name ?? '*'),
        ]),
      ),
    );
    for (const statement of program.body) {
      for (const name of namesOf(statement)) {
        this.#statements.set(name, [...(this.#statements.get(name) ?? []), statement]);
      }
    }
    const entries = module.staticExports.flatMap((exported) => exported.entries);
    this.wholes = entries
      .filter(({ exportName }) => exportName.kind === 'None')
      .map(({ moduleRequest }) => this.#origin(moduleRequest?.value ?? '', '*'));
    this.exports = new Map(
      entries
        .filter(({ exportName }) => exportName.kind !== 'None')
        .map(({ moduleRequest, importName, localName, exportName }) => [
          exportName.name ?? 'default',
          moduleRequest
            ? this.#origin(moduleRequest.value, importName.name ?? '*')
            : this.named(localName.name ?? exportName.name ?? 'default'),
        ]),
    );
  }

  /** Where a name that is used in the file comes from: an import, or the file itself. */
  named(name: string): Origin {
    return this.#imports.get(name) ?? { from: this.#path, name, isPackage: false };
  }

  /** What a name of the file's own is declared to be, or `undefined`: type parameters and globals are not declared. */
  declaration(name: string): Declaration | undefined {
    const statements = this.#statements.get(name);
    if (statements === undefined) return undefined;
    return {
      text: statements.map((statement) => this.#textOf(statement)).join('\n'),
      uses: [...new Set(statements.flatMap((statement) => usesOf(statement)))],
    };
  }

  #origin(specifier: string, name: string): Origin {
    return specifier.startsWith('.')
      ? {
          from: resolve(dirname(this.#path), specifier).replace(/\.(ts|js)$/, '.d.ts'),
          name,
          isPackage: false,
        }
      : { from: specifier, name, isPackage: true };
  }

  /** A statement without its comments, and without what all of them begin with. */
  #textOf({ start, end }: Statement): string {
    let text = '';
    let at = start;
    for (const comment of this.#comments) {
      if (comment.start < start || comment.end > end) continue;
      text += this.#text.slice(at, comment.start);
      at = comment.end;
    }
    text += this.#text.slice(at, end);
    return text
      .replace(/^export (default )?/, '')
      .replace(/^declare /, '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.trimEnd())
      .join('\n');
  }
}

/** The names that a statement declares. */
function namesOf(statement: Statement): string[] {
  const declared =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
      ? (statement.declaration ?? statement)
      : statement;
  if ('declarations' in declared) {
    return declared.declarations.flatMap(({ id }) => ('name' in id ? [id.name] : []));
  }
  return 'id' in declared && declared.id && 'name' in declared.id ? [declared.id.name] : [];
}

/** Fields by which a node of the syntax tree refers to a type, a value or a class by its name. */
const REFERENCES: Readonly<Record<string, string>> = {
  TSTypeReference: 'typeName',
  TSTypeQuery: 'exprName',
  TSInterfaceHeritage: 'expression',
  TSClassImplements: 'expression',
  ClassDeclaration: 'superClass',
};

/** The names that a statement refers to. */
function usesOf(statement: Statement): string[] {
  const found: string[] = [];
  JSON.stringify(statement, (_, node: unknown) => {
    if (typeof node !== 'object' || node === null || !('type' in node)) return node;
    if (node.type === 'TSImportType') throw new Error('A type is imported in place: name it in an import.');
    const field = REFERENCES[node.type as string];
    if (field !== undefined) {
      let named = (node as Record<string, unknown>)[field] as { left?: unknown; name?: string } | null;
      while (named?.left) named = named.left as typeof named;
      if (named?.name !== undefined) found.push(named.name);
    }
    return node;
  });
  return found;
}
