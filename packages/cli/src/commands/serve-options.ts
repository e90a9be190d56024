import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { Quotas } from '@ferry/controller';
import { wholeNumber } from './client-command.ts';
import { readProxy, readRoleMap, readUrl } from './identity-options.ts';

/** Quotas as the compute and the volume API call them, and those that they do not have. */
const quotaNames = {
  instances: 'instances',
  cores: 'cores',
  ram: 'ram',
  metadata_items: 'metadataItems',
  key_pairs: 'keyPairs',
  server_groups: 'serverGroups',
  server_group_members: 'serverGroupMembers',
  images: 'images',
  volumes: 'volumes',
  gigabytes: 'gigabytes',
  application_credentials: 'applicationCredentials',
} as const satisfies Readonly<Record<string, keyof Quotas>>;

/** `instances=20,cores=-1`: what each project may have; those that are not named stay as they are. */
export function readQuotas(text: string, before: Partial<Quotas> = {}): Partial<Quotas> {
  const pairs = text.split(',').map((pair): [keyof Quotas, number] => {
    const [, name = '', number = ''] = /^\s*([a-z_]+)=(-1|\d{1,9})\s*$/.exec(pair) ?? [];
    if (!Object.hasOwn(quotaNames, name))
      throw new InvalidArgumentError(
        `"${pair}" is not NAME=NUMBER with a name of ${Object.keys(quotaNames).join(', ')}; -1 is as many as they like.`,
      );
    return [quotaNames[name as keyof typeof quotaNames], Number(number)];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

/** `ferry serve` with all of its options, and nothing that it does: a file of settings is judged by them too. */
// oxlint-disable-next-line explicit-function-return-type -- what the options are is told by commander's own types
export function serveOptions() {
  return new Command('serve')
    .exitOverride()
    .description('start a controller in the foreground')
    .option(
      '--config <file>',
      'settings in YAML: these options without their dashes (FERRY_CONFIG); what the command line says comes first',
    )
    .option('--data-dir <path>', 'database, socket and tokens (FERRY_DATA; /var/lib/ferry for root)')
    .option(
      '--listen <address>',
      'HTTP address host:port, or "none" for the unix socket alone',
      readAddress,
      {
        host: '127.0.0.1',
        port: 8774,
      },
    )
    .option(
      '--metrics-listen <address>',
      'an address host:port of its own for /metrics, by plain HTTP and without a token; on the address of the APIs it takes a token with the role reader',
      readAddress,
    )
    .option(
      '--tls-cert <file>',
      'certificate for that address in PEM, with those that signed it: it speaks TLS alone then',
    )
    .option('--tls-key <file>', 'its key; a renewed certificate is taken within a minute')
    .option(
      '--database <url>',
      'PostgreSQL for several controllers, postgres://user@host/name (FERRY_DATABASE_URL, which hides a password from the list of processes); a file in the data directory else',
    )
    .option(
      '--image-dir <path>',
      'where the bytes of images are kept, one directory for all controllers of a database (FERRY_IMAGE_DIR; images in the data directory)',
    )
    .option(
      '--hosts-file <file>',
      'URIs that hosts may have beside plain ones, written by the owner of the controller (hosts.yaml in the data directory)',
    )
    .option(
      '--key-file <file>',
      'keys that definitions, user data and other secrets in the database are sealed with, the same file for all controllers of a database (secret.key in the data directory)',
    )
    .option('--rotate-key', 'seal them with a new key at this start; with no other controller running')
    .option(
      '--lease <s>',
      'how long what a controller has begun stays its own without a sign of life of it; then another goes on with it',
      wholeNumber(1),
      10,
    )
    .option('--watch-interval <s>', 'pause between two looks at all hosts', wholeNumber(1), 10)
    .option(
      '--retry-interval <s>',
      'pause between two tries of what waits for a host or a person; a host that answers again is noticed within a second or two all the same',
      wholeNumber(1),
      15,
    )
    .option('--prepare-timeout <s>', 'how long a target may take to get ready', wholeNumber(1), 30)
    .option(
      '--finish-timeout <s>',
      'how long a target may take to take a guest over (Finish), and to answer the order to run it, before the source runs on or the target is asked by other means',
      wholeNumber(1),
      5,
    )
    .option(
      '--copy-stall-timeout <s>',
      'how long nothing may go through between two hosts before a copy of files counts as broken off',
      wholeNumber(1),
      60,
    )
    .option(
      '--confirm-window <s>',
      'confirm a held migration on which nobody has decided for so long; without it, it waits for ever',
      wholeNumber(1),
    )
    .option(
      '--fence-hook <program>',
      'powers a host off, whose name it gets, and says by exit code 0 that it is off (`ferry host fence`)',
    )
    .option(
      '--notice-hook <program>',
      'tells a guest before it moves live, where its policy says so (`ferry policy set --notice hook`), and says by exit code 0 that the guest is ready',
    )
    .option(
      '--upgrade-hook <program>',
      'upgrades an empty host, whose name it gets, and says by exit code 0 that it has (`ferry plan upgrade`); it may be run again after a crash',
    )
    .option(
      '--webhook-allow <address>',
      'an address or network that webhooks are sent to though it is of this machine or this link, 127.0.0.1 or 169.254.1.0/24; may be given again',
      readProxy,
      [],
    )
    .option(
      '--definition-age <s>',
      'how old may be what is kept of an instance for the day on which its host is gone; 0: nothing is kept, and nothing can be evacuated',
      wholeNumber(0),
      600,
    )
    .option('--token-expiry <s>', 'how long a token of the identity API is good for', wholeNumber(60), 3600)
    .option('--console-token-ttl <s>', 'how long a token of a console opens it', wholeNumber(1), 600)
    .option(
      '--min-password-length <n>',
      'characters that a password has at least when it is set; those that are there stay good',
      wholeNumber(1),
      8,
    )
    .option(
      '--quota <numbers>',
      "what each project but the first may have, for example instances=20,ram=-1; Nova's numbers else",
      readQuotas,
      {},
    )
    .option(
      '--trusted-proxy <address>',
      'a proxy, 10.0.0.1 or 10.0.0.0/24, that is believed about whom it speaks for (X-Forwarded-For, -Host, -Proto); may be given again',
      readProxy,
      [],
    )
    .option(
      '--console-origin <url>',
      "a page that may show consoles, beside the controller's own, https://horizon.example.org; may be given again",
      (text: string, before: readonly string[]): readonly string[] => [...before, readUrl(text)],
      [],
    )
    .option(
      '--keep-audit <days>',
      'how long the audit log is kept (`ferry audit`); 0: for ever',
      wholeNumber(0),
      365,
    )
    .option(
      '--keep-events <days>',
      'how long events are kept, a million of them at most; 0: for ever, however many',
      wholeNumber(0),
      90,
    )
    .option(
      '--keep-operations <days>',
      "how long the logs of operations' steps are kept once all is done, and plans that have ended; 0: for ever",
      wholeNumber(0),
      90,
    )
    .option(
      '--keep-migrations <days>',
      'how long migrations that are over are kept, 100,000 of them at most, and what was done to instances, and deleted ones; 0: for ever, however many',
      wholeNumber(0),
      730,
    )
    .option(
      '--measure-interval <min>',
      'measure what each running instance changes of its memory so often, for forecasts; without it, only who asks for a forecast has it measured',
      wholeNumber(1),
    )
    .option(
      '--load-interval <s>',
      'record so often what hosts and instances use of processors, for plans; 0: not at all',
      wholeNumber(0),
      60,
    )
    .option(
      '--doctor-interval <min>',
      'how often the doctor looks at each host and at the ways between them, for the checks of moves; 0: only when somebody asks',
      wholeNumber(0),
      60,
    )
    .option('--measure-at-once <n>', 'so many instances at a time at most', wholeNumber(1), 2)
    .option(
      '--keep-measurements <days>',
      'how long is kept what was measured of instances; 0: for ever',
      wholeNumber(0),
      30,
    )
    .option(
      '--public-url <url>',
      'address by which clients reach the APIs, for links and the catalog; the one that they ask by else',
      readUrl,
    )
    .option('--region <name>', 'region of the catalog', 'RegionOne')
    .option(
      '--keystone-url <url>',
      'a Keystone that knows the users, with a service user in FERRY_KEYSTONE_USER and FERRY_KEYSTONE_PASSWORD; Ferry does else',
      readUrl,
    )
    .option(
      '--keystone-role-map <map>',
      "what Keystone's roles count as, for example cloud_admin=admin,auditor=reader",
      readRoleMap,
      {},
    )
    .option(
      '--shadow-rules <name>',
      'numbers by which live transfers are looked at beside the ones in use, and that only record what they would decide: patient, quick',
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error', 'info')
    .addHelpText(
      'after',
      '\nExamples:\n  ferry serve\n  ferry serve --data-dir /srv/ferry --listen 10.0.0.5:8774\n  FERRY_DATABASE_URL=postgres://ferry:secret@db/ferry ferry serve --data-dir /srv/ferry\n  OS_CLIENT_CONFIG_FILE=/var/lib/ferry/clouds.yaml openstack --os-cloud ferry server list\n',
    );
}

function readAddress(text: string): { host: string; port: number } | 'none' {
  if (text === 'none') return text;
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new InvalidArgumentError('host:port is wanted, for example 127.0.0.1:8774.');
  return { host: match[1] ?? match[2] ?? '', port };
}
