import { join } from 'node:path';
import { LibvirtHypervisor, whyNotPlain } from '@ferry/hypervisor';
import { backOff } from '@ferry/workflow';
import type { Logger } from 'pino';
import { type ControllerOptions, ruleSetNamed } from './controller-options.ts';
import { apiOf } from './http/routing/api.ts';
import { ControllerMetrics } from './observe/controller-metrics.ts';
import { controllerLog } from './observe/log-context.ts';
import { observeController, observeState, observeStore } from './observe/observe-state.ts';
import { Readiness } from './observe/readiness.ts';
import { ensureTokens } from './ensure-tokens.ts';
import { defaultRules } from '@ferry/model';
import { defaultDoorLimits } from './http/doors/connection-bounds.ts';
import { type Endpoint, defaultPlace, TrustedProxies } from './http/openstack/public-url.ts';
import { confinedHypervisor } from './operations/hosts/confined-hypervisor.ts';
import { HostDirectories } from './operations/hosts/host-directories.ts';
import { HostUris } from './operations/hosts/host-uris.ts';
import { HostsFile } from './operations/hosts/hosts-file.ts';
import { noteRefusedHosts } from './operations/hosts/note-refused-hosts.ts';
import { permittedHypervisor } from './operations/hosts/permitted-hypervisor.ts';
import { HostAuthority } from './operations/configure/host-authority.ts';
import { ImageFiles } from './operations/image-library/image-files.ts';
import { knownCallers } from './operations/identity/known-callers.ts';
import { keepDirectoryPrivate, keepFilesPrivate, makePrivateFile } from './keep-private.ts';
import { ensureFirstPassword, writeClientFiles } from './operations/identity/first-password.ts';
import { Passwords } from './operations/identity/passwords.ts';
import { type Listening, listen, reachable } from './listen.ts';
import { LeaseKeeper } from './operations/engine/lease-keeper.ts';
import { nextAfter } from './operations/servers/asked-delete.ts';
import { allWorkflows } from './operations/all-workflows.ts';
import { OperationRunner } from './operations/engine/operation-runner.ts';
import { ProbeKeeper } from './operations/facts/connectivity/probe-keeper.ts';
import { ControllerLocks } from './operations/engine/controller-locks.ts';
import { ExpiringCache } from './operations/engine/expiring-cache.ts';
import { KeyedLock, type Locks } from './operations/engine/keyed-lock.ts';
import { defaultLimits, type Services } from './operations/engine/services.ts';
import { PlanRunner } from './operations/plans/plan-runner.ts';
import { defaultWebhookSettings, WebhookRunner } from './operations/webhooks/webhook-runner.ts';
import { SilentHosts } from './operations/hosts/silent-hosts.ts';
import type { Repeated } from './reconcilers/every.ts';
import { defaultIntervals, startReconcilers } from './reconcilers/start-reconcilers.ts';
import { isForOthers, isInTheClear } from './open-to-others.ts';
import { StartError } from './start-error.ts';
import { version } from './observe/traces.ts';
import { stopInOrder } from './stop-in-order.ts';
import { KeyFileError } from './store/database/key-file.ts';
import { takeDatabaseLock } from './store/database/open-database.ts';
import { Store } from './store/store.ts';

/** A controller that runs. */
export interface Controller {
  /** `unix:/path`, for clients on the same machine. */
  readonly socketUrl: string;
  /** The address it listens on over TCP; null when it does not. */
  readonly url: string | null;
  /** Where metrics are without a token; null: nowhere. */
  readonly metricsUrl: string | null;
  /** File with the admin token. */
  readonly tokenFile: string;
  /** What the openstack client needs to come in as the first user; null where it cannot. */
  readonly cloudsFile: string | null;
  /** Operations that run now, each by its workflow and id. */
  running(): readonly string[];
  /** Stops: what runs may end within the patience, the rest is recovered by the next start. */
  stop(patienceMs?: number): Promise<void>;
}

const defaultLeaseMs = 10_000;
const defaultTokenLifeMs = 3_600_000;
/** NIST SP 800-63B, 5.1.1.2. */
const defaultMinPasswordLength = 8;
/** Whether locks hold in a directory changes with its mounts: it is tried again now and then. */
const locksKeptMs = 300_000;
/** How long it is kept by which names hosts see a directory: a mount that is made meanwhile is seen after it, or before a deletion. */
const directoryNamesKeptMs = 30_000;
/** A few quick tries; what still fails then waits, tells why, and is taken up again every while. */
const defaultRetry = backOff({ firstMs: 500, longestMs: 5_000, attempts: 3 });

/** Starts a controller: takes the data directory, opens the store, goes on with what a crash left, listens. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const { dataDirectory } = options;
  const log = options.log ?? controllerLog('info');
  keepDirectoryPrivate(dataDirectory, log);
  // Looked at as it was found: others may have written to what is made private next.
  const hostUris = hostUrisOf(options);
  keepFilesPrivate(dataDirectory, log);
  const lockFile = join(dataDirectory, 'ferry.lock');
  makePrivateFile(lockFile);
  const lock = takeDatabaseLock(lockFile);
  if (lock === 'taken') {
    throw new StartError(
      'in-use',
      `Another \`ferry serve\` runs on ${dataDirectory}: two controllers on one database would both move instances. Stop it first, or use another --data-dir.`,
    );
  }
  const ownDatabase = join(dataDirectory, 'ferry.db');
  if ((options.database ?? null) === null) makePrivateFile(ownDatabase);
  const keys = {
    path: options.keyFile ?? join(dataDirectory, 'secret.key'),
    rotate: options.rotateKey === true,
  };
  const metrics = new ControllerMetrics();
  const readiness = new Readiness();
  const observer = observeStore(metrics);
  const store = await Store.open(options.database ?? ownDatabase, options.now, keys, observer).catch(
    (cause: unknown) => {
      lock.release();
      if (cause instanceof KeyFileError) throw new StartError('bad-key-file', cause.message, cause);
      const why = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
      throw new StartError(
        'no-database',
        `${cause instanceof Error ? cause.message : String(cause)}${why}`,
        cause,
      );
    },
  );
  const hypervisor = options.hypervisor ?? new LibvirtHypervisor();
  const silent = new SilentHosts(options.resumeIntervalMs ?? defaultIntervals.resumeIntervalMs);
  const leaseMs = options.leaseMs ?? defaultLeaseMs;
  // Hosts that are not used at all are silent without being asked: there is nothing to note of them.
  const permitted = permittedHypervisor(silent.noting(hypervisor), hostUris);
  const limits = {
    ...defaultLimits,
    ...options.limits,
    quotas: { ...defaultLimits.quotas, ...options.quotas },
  };
  const directories = new HostDirectories(permitted, store, limits.inspectMs);
  const services: Services = {
    store,
    hypervisor: confinedHypervisor(permitted, (...asked) => directories.require(...asked)),
    directories,
    hostUris,
    log,
    metrics,
    readiness,
    limits,
    fenceHook: options.fenceHook ?? null,
    upgradeHook: options.upgradeHook ?? null,
    noticeHook: options.noticeHook ?? null,
    imageLocks: locksOf(store, log, leaseMs, 'images'),
    hostChanges: locksOf(store, log, leaseMs, 'host'),
    linkTurns: locksOf(store, log, leaseMs, 'link'),
    hostAuthority: new HostAuthority(options.hostAuthorityDirectory ?? join(dataDirectory, 'host-authority')),
    library: new ImageFiles(options.imageDirectory ?? join(dataDirectory, 'images')),
    probes: new ProbeKeeper(),
    diskLocks: new ExpiringCache(locksKeptMs),
    directoryNames: new ExpiringCache(directoryNamesKeptMs),
    rules: { active: defaultRules, shadow: ruleSetNamed(options.shadowRules ?? null) },
  };
  await noteRefusedHosts(services);
  const tokenFile = await ensureTokens(store, dataDirectory);
  const passwords = new Passwords(options.passwordWork);
  if ((options.keystone ?? null) === null) await ensureFirstPassword(store, passwords, dataDirectory);
  const leases = new LeaseKeeper(store.operations, leaseMs);
  const runner = new OperationRunner(services, leases, allWorkflows, {
    retry: options.retry ?? defaultRetry,
    next: (input) => nextAfter(services, input),
  });
  const keystone = options.keystone ?? null;
  const callers = knownCallers(services, {
    keystone,
    tokenLifeMs: options.tokenLifeMs ?? defaultTokenLifeMs,
    passwords,
    minPasswordLength: options.minPasswordLength ?? defaultMinPasswordLength,
  });
  const webhooks = new WebhookRunner(services, { ...defaultWebhookSettings, ...options.webhooks });
  const api = apiOf(
    services,
    { metrics, readiness, webhooks },
    runner,
    { version, startedAt: new Date().toISOString() },
    callers,
  );
  const place: Endpoint = {
    publicUrl: options.publicUrl ?? null,
    region: options.region ?? defaultPlace.region,
    proxies: new TrustedProxies(options.trustedProxies),
    consoleOrigins: options.consoleOrigins ?? [],
  };
  let listening: Listening | null = null;
  readiness.add('database', () => store.answers());
  readiness.add('images', () => services.library.whyNotWritable());
  observeState(metrics, () => store.observedState.read());
  observeController(metrics, {
    version,
    runner,
    leases,
    connections: async () => (await listening?.connections()) ?? 0,
  });
  const repeated: Repeated[] = [];
  const stop = async (patienceMs = 0): Promise<void> => {
    const doors = listening;
    await stopInOrder(
      [
        {
          what: 'connections of clients',
          left: () => doors?.connections() ?? 0,
          stop: async () => doors?.close(),
        },
        { what: 'operations', left: () => runner.runningCount, stop: () => runner.stop(patienceMs) },
        {
          what: 'rounds of the watch over hosts',
          stop: () => Promise.all(repeated.map((one) => one.stop())),
        },
        { what: 'connections to hosts', stop: () => hypervisor.close() },
        { what: 'the database', stop: () => store.close() },
      ],
      log,
    );
    services.probes.close();
    lock.release();
  };
  try {
    const socketPath = join(dataDirectory, 'ferry.sock');
    listening = await listen(
      api,
      log,
      {
        socketPath,
        address: options.listen,
        tls: options.tls ?? null,
        metricsAddress: options.metricsListen ?? null,
      },
      place,
      {
        ...defaultDoorLimits,
        ...options.doors,
      },
    );
    // Nobody else can work on a file that this one has the lock of: what is left in it is left by the dead.
    if (!store.isShared) {
      await store.operations.releaseAll();
      await services.library.sweep();
    }
    await runner.takeOver();
    const plans = new PlanRunner(
      services,
      (id) => runner.start(id),
      locksOf(store, log, leaseMs, 'plan'),
      options.planSettings,
    );
    repeated.push(...startReconcilers({ services, runner, leases, silent, plans, webhooks }, options));
    const { url, metricsUrl } = listening;
    if (options.metricsListen != null && isForOthers(options.metricsListen.host))
      log.warn(
        { listen: metricsUrl },
        'the metrics are open to other machines without a token: names of hosts, and what is done, can be read by whoever reaches that address',
      );
    if (isInTheClear(options))
      log.warn(
        { listen: url },
        'the APIs are open to other machines without TLS: whoever is on the way reads passwords and tokens. Name a certificate (--tls-cert, --tls-key), or listen on loopback behind a proxy that has one',
      );
    const reachedAt = place.publicUrl ?? reachable(url);
    const cloudsFile =
      keystone === null && reachedAt !== null
        ? writeClientFiles(dataDirectory, reachedAt, place.region)
        : null;
    return {
      socketUrl: `unix:${socketPath}`,
      url,
      metricsUrl,
      tokenFile,
      cloudsFile,
      running: () => runner.running,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws where the owner's file of URIs is there and must not be believed. */
function hostUrisOf({ dataDirectory, hypervisor, hostsFile }: ControllerOptions): HostUris {
  const file = new HostsFile(hostsFile ?? join(dataDirectory, 'hosts.yaml'));
  const { allowed } = file;
  if (allowed.kind === 'bad') throw new StartError('bad-hosts-file', `${allowed.why}.`);
  if (allowed.kind === 'none' && hostsFile !== undefined && hostsFile !== null)
    throw new StartError('bad-hosts-file', `There is no ${file.path}, which is to hold URIs of hosts.`);
  const inMemory = (uri: string): boolean => hypervisor !== undefined && uri.startsWith('simulated://');
  return new HostUris(file, (uri) => (inMemory(uri) ? [] : whyNotPlain(uri)));
}

/** Among controllers where there may be others; they end so much later than operations (see ControllerLocks). */
function locksOf(store: Store, log: Logger, leaseMs: number, what: string): Locks {
  return store.isShared ? new ControllerLocks(store.locks, log, leaseMs * 1.5, what) : new KeyedLock();
}
