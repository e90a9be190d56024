import { accessSync, constants, existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command, Option } from '@commander-js/extra-typings';
import { exitCodes } from '../exit-codes.ts';
import { print, outputFormats } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { serveOptions } from './serve-options.ts';
import { readSettings, type Settings } from './settings-file.ts';

/** Where the Debian package has its settings. */
export const installedSettings = '/etc/ferry/ferry.yaml';

/** One thing that was found. */
interface ConfigFinding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** `ferry config check`: what a file of settings says, and what is wrong with it. Nothing is started or changed. */
export function addConfigCommands(program: Command, setExitCode: (code: number) => void): void {
  const config = program.command('config').description('the settings of a controller');
  config.addCommand(
    new Command('check')
      .exitOverride()
      .description('read a file of settings as `ferry serve` would, and say all that is wrong with it')
      .argument('[file]', 'the file', process.env['FERRY_CONFIG'] ?? installedSettings)
      .addOption(
        new Option('-o, --output <format>', 'form of the answer')
          .choices(outputFormats)
          .default('table' as const),
      )
      .addHelpText('after', '\nExamples:\n  ferry config check\n  ferry config check ./ferry.yaml -o json\n')
      .action(async (file, { output }) => {
        const settings = readSettings(file);
        const findings = [
          ...settings.problems.map((message) => ({ severity: 'error' as const, message })),
          ...(settings.problems.length === 0 ? await judge(settings) : []),
        ];
        const values = valuesOf(settings);
        print(output, { file, settings: values, findings }, () =>
          [
            formatTable(
              [{ heading: 'SETTING' }, { heading: 'VALUE' }],
              values.map(({ name, value }) => [name, value]),
            ),
            ...findings.map(format),
            findings.length === 0 ? `${file} is good` : '',
          ].join('\n'),
        );
        if (findings.some(({ severity }) => severity === 'error')) setExitCode(exitCodes.usage);
      }),
  );
}

function format({ severity, message }: ConfigFinding): string {
  const mark = styleText(severity === 'error' ? 'red' : 'yellow', severity.padEnd(7), {
    stream: process.stdout,
  });
  return `${mark}  ${message}`;
}

function valuesOf({ settings }: Settings): { name: string; value: string }[] {
  return settings.map(({ key, words }) => ({
    name: key,
    // Passwords do not belong into the file, and are not shown where one stands there.
    value: words
      .filter((_, index) => index % 2 === 1)
      .join(', ')
      .replaceAll(/(:\/\/[^:@/]*):[^@/]*@/g, '$1:…@'),
  }));
}

/** What can only be seen on this machine: files that are named, and doors that are open to others. */
async function judge({ settings }: Settings): Promise<ConfigFinding[]> {
  const options = serveOptions()
    .action(() => undefined)
    .parse(
      settings.flatMap(({ words }) => words),
      { from: 'user' },
    )
    .opts();
  const findings: ConfigFinding[] = [];
  const error = (message: string): unknown => findings.push({ severity: 'error', message });
  for (const [name, file] of [
    ['hosts-file', options.hostsFile],
    ['key-file', options.keyFile],
  ] as const)
    if (file !== undefined && !existsSync(file) && name === 'hosts-file')
      error(`${name}: ${file} is not there`);
  for (const [name, hook] of [
    ['fence-hook', options.fenceHook],
    ['notice-hook', options.noticeHook],
    ['upgrade-hook', options.upgradeHook],
  ] as const)
    if (hook !== undefined && !mayRun(hook)) error(`${name}: ${hook} is no program that this user may run`);
  // Loaded only here: most commands need none of it.
  const { isForOthers, readTlsCertificate, StartError } = await import('@ferry/controller/set-up');
  const { tlsCert: certFile, tlsKey: keyFile } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) error('tls-cert and tls-key go together');
  if (certFile !== undefined && keyFile !== undefined) {
    try {
      readTlsCertificate({ certFile, keyFile });
    } catch (failure) {
      if (!(failure instanceof StartError)) throw failure;
      error(failure.message);
    }
  }
  if (
    options.listen !== 'none' &&
    isForOthers(options.listen.host) &&
    certFile === undefined &&
    options.publicUrl?.startsWith('https:') !== true
  )
    findings.push({
      severity: 'warning',
      message: `listen: others reach ${options.listen.host}:${options.listen.port} without TLS, and whoever is on the way reads passwords and tokens: set tls-cert and tls-key (\`ferry init\` makes them)`,
    });
  return findings;
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
