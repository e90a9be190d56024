import { buildProgram } from '@ferry/cli/program';

type Command = ReturnType<typeof buildProgram>;

/** The manual page `ferry(1)`, made of what the commands say of themselves. */
export function manualPage(): string {
  const program = buildProgram(() => undefined);
  const lines = [
    '.TH FERRY 1 "" "Ferry" "User Commands"',
    '.SH NAME',
    `ferry \\- ${escape(program.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B ferry',
    '.I COMMAND',
    '[\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]',
    '.SH COMMANDS',
    ...leavesOf(program, ['ferry']).flatMap(describe),
    '.SH EXIT STATUS',
    '0 done, 1 failed or did not move, 2 wrong usage, 3 no controller, 4 a check forbids it, 5 not allowed, 6 no such thing or its name is not unique.',
    '.SH ENVIRONMENT',
    'FERRY_URL (the controller, http://HOST:PORT or unix:/PATH), FERRY_TOKEN (who asks), FERRY_DATA (data directory of a controller on this machine).',
    '.SH FILES',
    '/etc/ferry/ferry.yaml (settings), /etc/ferry/environment (secrets for the unit), /var/lib/ferry (data directory), /usr/share/doc/ferry.',
  ];
  return `${lines.join('\n')}\n`;
}

interface Leaf {
  readonly name: string;
  readonly command: Command;
}

function leavesOf(command: Command, words: readonly string[]): Leaf[] {
  if (command.commands.length === 0) return [{ name: words.join(' '), command }];
  return command.commands.flatMap((one) => leavesOf(one as Command, [...words, one.name()]));
}

function describe({ name, command }: Leaf): string[] {
  const given = command.registeredArguments
    .map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`))
    .join(' ');
  return [
    `.SS ${escape(`${name} ${given}`.trim())}`,
    escape(command.description()),
    ...command.options.flatMap(({ flags, description }) => [
      '.TP',
      `.B ${escape(flags)}`,
      escape(description),
    ]),
  ];
}

/** For roff: a line that begins with a dot or a quote would be one of its own requests. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/\s+/g, ' ')
    .replace(/^([.'])/, '\\&$1');
}
