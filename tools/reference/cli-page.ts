import { type LeafCommand, leafCommands, textAfterHelp } from './commands.ts';
import { cell } from './markdown.ts';

/** Options of every command that asks a controller: told once. */
const common: ReadonlySet<string> = new Set(['--url', '--token', '--cacert', '--data-dir', '--output']);

/** docs/reference/cli.md: every command with its arguments, options and examples. */
export function cliPage(): string {
  const commands = leafCommands();
  const client = commands.find(({ name }) => name === 'ferry host list');
  if (client === undefined) throw new Error('there is no command that asks a controller');
  const shared = client.command.options.filter(({ long }) => common.has(long ?? ''));
  return [
    introduction,
    ...commands.map(({ name }) => `- [\`${name}\`](#${name.replaceAll(' ', '-')})`),
    '\n## Options of every command that asks a controller\n',
    optionTable(shared),
    ...commands.map((one) => sectionOf(one)),
    '',
  ].join('\n');
}

type Options = LeafCommand['command']['options'];

function sectionOf({ name, command }: LeafCommand): string {
  const asks = command.options.some(({ long }) => long === '--url');
  const own = command.options.filter(({ long }) => !(asks && common.has(long ?? '')));
  const given = command.registeredArguments.map((one) => {
    const word = one.variadic ? `${one.name()}...` : one.name();
    return one.required ? `<${word}>` : `[${word}]`;
  });
  const described = command.registeredArguments.filter(({ description }) => description !== '');
  const after = textAfterHelp(command);
  return [
    `\n## ${name}\n`,
    `${capitalized(command.description())}.\n`,
    `\`\`\`text\n${[name, ...(own.length === 0 && !asks ? [] : ['[options]']), ...given].join(' ')}\n\`\`\``,
    ...described.map((one) => `\n- \`${one.name()}\`: ${one.description}`),
    ...(own.length === 0 ? [] : ['', optionTable(own)]),
    ...(after === '' ? [] : [`\n\`\`\`\n${after}\n\`\`\``]),
  ].join('\n');
}

function optionTable(options: Options): string {
  const rows = options.map(({ flags, description, defaultValue, argChoices, mandatory }) => {
    const said = defaultOf(defaultValue);
    const more = [
      ...(argChoices === undefined ? [] : [argChoices.join(', ')]),
      ...(mandatory ? ['must be given'] : []),
      ...(said === null ? [] : [`${said} unless given`]),
    ];
    return `| \`${cell(flags)}\` | ${cell([description, ...more].filter((part) => part !== '').join('; '))} |`;
  });
  return `| Option | |\n|---|---|\n${rows.join('\n')}`;
}

/** How a default is told; null: it goes without saying. */
export function defaultOf(value: unknown): string | null {
  if (value === undefined || value === null || value === false) return null;
  if (Array.isArray(value)) return null;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object') return null;
  return 'host' in value && 'port' in value ? `${String(value.host)}:${String(value.port)}` : null;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
}

const introduction = `# The command line

Written by \`make reference\` from the commands themselves; \`ferry COMMAND --help\` says the same. Exit codes: 0 done, 1 failed or did not move, 2 wrong usage, 3 no controller, 4 a check forbids it, 5 not allowed, 6 no such thing or its name is not unique.
`;
