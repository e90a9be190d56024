import { leafCommands } from './commands.ts';
import { defaultOf } from './cli-page.ts';
import { cell } from './markdown.ts';

/** These say where the file is, or are for one start alone (`packages/cli/src/commands/settings-file.ts`). */
const notInFile: ReadonlySet<string> = new Set(['config', 'rotate-key']);

/** docs/reference/settings.md: what a file of settings may say. */
export function settingsPage(): string {
  const serve = leafCommands().find(({ name }) => name === 'ferry serve');
  if (serve === undefined) throw new Error('there is no command that serves');
  const rows = serve.command.options
    .filter(({ long }) => !notInFile.has((long ?? '').replace(/^--/, '')))
    .map(({ long, flags, description, defaultValue }) => {
      const value = /<([^>]+)>/.exec(flags)?.[1] ?? 'true';
      const cells = [
        `\`${(long ?? '').replace(/^--/, '')}\``,
        `\`${value}\``,
        defaultOf(defaultValue) ?? '',
        description,
      ];
      return `| ${cells.map(cell).join(' | ')} |`;
    });
  return `${introduction}\n| Setting | Value | Default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const introduction = `# Settings

Written by \`make reference\` from the options of \`ferry serve\`.

A file of settings is YAML: \`ferry serve --config FILE\`, or \`FERRY_CONFIG\`; the package's is \`/etc/ferry/ferry.yaml\`. Each key is an option of \`ferry serve\` without its dashes. What the command line says comes first. A list gives an option several times, a map of names and values is \`name=value,…\`, \`true\` is an option without a value. \`ferry config check FILE\` says all that is wrong in it. A file that others than its owner may write to is not read: it names programs that the controller starts.

\`\`\`yaml
listen: 0.0.0.0:8774
tls-cert: /etc/ferry/tls/server.crt
tls-key: /etc/ferry/tls/server.key
metrics-listen: 127.0.0.1:9177
quota: { instances: 20, ram: -1 }
trusted-proxy: [10.0.0.1, 10.0.1.0/24]
\`\`\`

What must not stand in a file that others may read stands in the environment: \`FERRY_DATABASE_URL\`, \`FERRY_KEYSTONE_USER\`, \`FERRY_KEYSTONE_PASSWORD\`. Others are \`FERRY_DATA\`, \`FERRY_IMAGE_DIR\`, \`OTEL_…\` ([traces](../observe/README.md#traces)) and \`NODE_EXTRA_CA_CERTS\`.
`;
