/** A command of a document. */
export interface DocumentCommand {
  readonly command: string;
  /** What the document says behind it; empty: nothing. */
  readonly comment: string;
}

/** The commands of a section's blocks (```sh), in their order. Throws where the document has no such section. */
export function documentCommands(text: string, section: string): readonly DocumentCommand[] {
  const [, body] = text.split(`## ${section}\n`);
  if (body === undefined) throw new Error(`the document has no section "${section}"`);
  const [own = ''] = body.split(/^## /m);
  return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [, command = '', comment = ''] = /^(.*?)(?:\s+#\s(.*))?$/.exec(line) ?? [];
        return { command, comment };
      }),
  );
}

/** What is typed: where the document says "and so on for each", the same with each other host. */
export function typedCommands(
  commands: readonly DocumentCommand[],
  hosts: readonly string[],
): readonly string[] {
  const [first = '', ...others] = hosts;
  return commands.flatMap(({ command, comment }) =>
    comment.includes('and so on for each')
      ? [command, ...others.map((other) => command.replaceAll(first, other))]
      : [command],
  );
}
