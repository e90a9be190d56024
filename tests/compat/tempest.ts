import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Spawn } from './client.ts';

/** A cloud that the suite is run against, and what it is told of it. */
export interface SuiteSite {
  /** `http://address:port` of the controller. */
  readonly url: string;
  readonly password: string;
  /** Two images, and two flavors of which the second is the larger one. */
  readonly images: readonly [string, string];
  readonly flavors: readonly [string, string];
  readonly hosts: number;
  /** Whether guests have a screen and write a console log. */
  readonly screens: boolean;
  /** Whether there is a pool for volumes. */
  readonly volumes: boolean;
  /** How long anything may take, seconds. */
  readonly patience: number;
  readonly spawn?: Spawn;
}

/** How one test of the suite ended. */
export interface SuiteResult {
  /** `compute.admin.test_live_migration.LiveMigrationTest.test_live_block_migration`; of a class that cannot be set up, the class. */
  readonly name: string;
  readonly end: 'ok' | 'failed' | 'skipped';
  /** What the suite prints of a failure. */
  readonly why: string;
}

const here: Spawn = ([file = '', ...rest], options) => spawn(file, rest, options);

/**
 * Runs OpenStack's own conformance suite (Debian's package tempest), as a real user of the cloud: it makes projects and
 * users of its own, and takes them away. Its workspace is a folder that goes again.
 * @param which regular expression over the names of tests
 */
export async function runSuite(site: SuiteSite, which: string, atOnce: number): Promise<SuiteResult[]> {
  const home = mkdtempSync(join(tmpdir(), 'ferry-suite-'));
  const run = (...words: string[]): Promise<string> =>
    printed(site.spawn ?? here, home, ['tempest', ...words]);
  try {
    const workspace = join(home, 'workspace');
    await run('init', workspace);
    const settings = join(home, 'tempest.conf');
    writeFileSync(settings, settingsOf(site, home), { mode: 0o600 });
    const options = ['--config-file', settings, '--workspace', 'workspace', '--concurrency', String(atOnce)];
    return readResults(await run('run', ...options, '--regex', which));
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** What a program prints, however it ends: the suite's code says no more than that something failed. */
async function printed(start: Spawn, home: string, argv: readonly string[]): Promise<string> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: home };
  const child = start(argv, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin?.end();
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  const [out, err] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    ended,
  ]);
  return `${out}\n${err}`;
}

const line =
  /^\{\d+\} (?:(?:setUpClass|tearDownClass) \()?tempest\.api\.([\w.]+)(?:\[[^\]]*\])?\)? \[[\d.]+s\] \.\.\. (ok|FAILED|SKIPPED)/gm;
/** Of what is printed of a failure; its traceback comes first. */
const maxWhy = 3000;

/** Reads what the suite prints while it runs: a line for each test, and after the line of a failure what went wrong. */
export function readResults(output: string): SuiteResult[] {
  const lines = [...output.matchAll(line)];
  const results = lines.map((found, index): SuiteResult => {
    const [whole, name = '', word] = found;
    const begin = found.index + whole.length;
    const why = output.slice(begin, Math.min(begin + maxWhy, lines[index + 1]?.index ?? output.length));
    return word === 'FAILED'
      ? { name, end: 'failed', why }
      : { name, end: word === 'ok' ? 'ok' : 'skipped', why: '' };
  });
  if (results.length === 0) throw new Error(`the suite ran no test: ${output.slice(-maxWhy)}`);
  return results;
}

/** What Ferry has not at all is said to the suite, and it leaves those tests out. */
function settingsOf(site: SuiteSite, home: string): string {
  const { url, password, images, flavors, hosts, screens, volumes, patience } = site;
  return `
[DEFAULT]
log_dir = ${home}
[auth]
use_dynamic_credentials = true
admin_username = admin
admin_password = ${password}
admin_project_name = admin
admin_domain_name = Default
[identity]
uri_v3 = ${url}/identity/v3
auth_version = v3
[identity-feature-enabled]
api_v2 = false
trust = false
[compute]
image_ref = ${images[0]}
image_ref_alt = ${images[1]}
flavor_ref = ${flavors[0]}
flavor_ref_alt = ${flavors[1]}
min_compute_nodes = ${hosts}
max_microversion = 2.96
build_interval = 1
build_timeout = ${patience}
volume_device_name = vdb
[compute-feature-enabled]
scheduler_enabled_filters = all
cold_migration = true
live_migration = true
block_migration_for_live_migration = true
can_migrate_between_any_hosts = true
config_drive = true
vnc_console = ${screens}
console_output = ${screens}
disk_config = false
shelve = false
rescue = false
snapshot = false
interface_attach = false
swap_volume = false
metadata_service = false
[validation]
run_validation = false
[image]
http_image = ${url}/none
[image-feature-enabled]
import_image = false
[volume]
build_interval = 1
build_timeout = ${patience}
max_microversion = 3.0
[volume-feature-enabled]
backup = false
snapshot = false
clone = false
extend_attached_volume = false
manage_volume = false
manage_snapshot = false
[service_available]
neutron = false
swift = false
cinder = ${volumes}
nova = true
glance = true
[oslo_concurrency]
lock_path = ${home}/locks
`;
}
