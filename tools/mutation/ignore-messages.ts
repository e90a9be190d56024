interface Path {
  readonly node: { readonly type: string; readonly callee?: unknown; readonly id?: unknown };
  readonly parentPath: Path | null;
  readonly key: unknown;
}

/** Functions that make errors of a text for people. */
const makers = /Error$|^(?:violation|closedError)$/;

/**
 * Leaves texts for people as they are: no test is to hold on to their words. The code of an error, which programs go by,
 * is no such text, nor is any string outside of errors.
 */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'messages',
    value: {
      shouldIgnore: (path: Path): string | undefined =>
        isText(path) && isSaid(path) ? 'a text for people' : undefined,
    },
  },
];

function isText({ node }: Path): boolean {
  return node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
}

function isSaid(path: Path): boolean {
  const parent = path.parentPath;
  if (parent === null) return false;
  const { node } = parent;
  if (node.type === 'VariableDeclarator') return nameOf(node.id) === 'message';
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const name = nameOf(node.callee);
    return makers.test(name) && !(name === 'ClientError' && path.key === 0);
  }
  // A text that is put together of others.
  return /Literal$|^(?:Conditional|Logical|Binary)Expression$/.test(node.type) && isSaid(parent);
}

function nameOf(node: unknown): string {
  return (node as { readonly name?: string } | undefined)?.name ?? '';
}
