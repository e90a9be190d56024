import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Hypervisor, LibvirtHypervisor } from '@ferry/hypervisor';
import type { Role } from '@ferry/model';
import { backOff, type RetryPolicy } from '@ferry/workflow';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { controlsOf } from './controls.ts';
import { type Place, usualPlace } from './http/openstack/place.ts';
import { buildServer } from './http/server.ts';
import { ImageFiles } from './operations/image-library/image-files.ts';
import { identityControls } from './identity-controls.ts';
import { ensureFirstPassword, writeClientFiles } from './operations/identity/first-password.ts';
import type { KeystoneSettings } from './operations/identity/keystone/keystone-settings.ts';
import { LeaseKeeper } from './operations/lease-keeper.ts';
import { OperationRunner } from './operations/operation-runner.ts';
import { ProbeKeeper } from './operations/shared/connectivity/probe-keeper.ts';
import { ControllerLocks } from './operations/shared/controller-locks.ts';
import { KeptAnswers } from './operations/shared/kept-answers.ts';
import { KeyedLock, type Locks } from './operations/shared/keyed-lock.ts';
import { defaultLimits, type Limits, type Services } from './operations/shared/services.ts';
import { clearEvacuated } from './reconcilers/clear-evacuated.ts';
import { confirmLate } from './reconcilers/confirm-late.ts';
import { every, type Repeated } from './reconcilers/every.ts';
import { keepDefinitions } from './reconcilers/keep-definitions.ts';
import { settleFirewalls } from './reconcilers/settle-firewalls.ts';
import { tidyIdentity } from './reconcilers/tidy-identity.ts';
import { watchHosts } from './reconcilers/watch-hosts.ts';
import { takeDatabaseLock } from './store/database-lock.ts';
import { type Now, Store } from './store/store.ts';

/** How a controller runs. */
export interface ControllerOptions {
  /** Holds the database, the unix socket and the first token. Made 0700 when it is not there. */
  readonly dataDirectory: string;
  /** Where else to listen; the unix socket in the data directory is always there. Null: nowhere. */
  readonly listen: { readonly host: string; readonly port: number } | null;
  readonly hypervisor?: Hypervisor;
  readonly limits?: Partial<Limits>;
  readonly retry?: RetryPolicy;
  readonly log?: Logger;
  /** `postgres://…` when there is more than one controller; null: a file in the data directory. */
  readonly database?: string | null;
  /** Where the bytes of images are kept; controllers that share a database must share it too. Null: in the data directory. */
  readonly imageDirectory?: string | null;
  /** How long what a controller has begun stays its own without a sign of life of it. */
  readonly leaseMs?: number;
  /** Pause between two looks at all hosts. */
  readonly watchIntervalMs?: number;
  /** Pause between two attempts at what waits for a host or a person. */
  readonly resumeIntervalMs?: number;
  /** How long a held migration waits for a decision before it is confirmed; null: for ever. */
  readonly confirmWindowMs?: number | null;
  /** A program that powers a host off, whose name it gets, and says by exit code 0 that it is off; null: there is none. */
  readonly fenceHook?: string | null;
  /** How old a definition that is kept for the day on which its host is gone may be before it is read again; null: none are kept. */
  readonly definitionAgeMs?: number | null;
  /** How long a token of the identity service is good for. */
  readonly tokenLifeMs?: number;
  /** A Keystone that knows the users; null: Ferry does. */
  readonly keystone?: KeystoneSettings | null;
  /** By which address clients reach the APIs; null: by whichever a request comes. */
  readonly publicUrl?: string | null;
  /** The one region of the catalog. */
  readonly region?: string;
  /** Pause between two looks for tokens that have expired. */
  readonly tidyIntervalMs?: number;
  /** The clock of what is written down; the machine's when not given. */
  readonly now?: Now;
}

/** A controller that runs. */
export interface Controller {
  /** `unix:/path`, for clients on the same machine. */
  readonly socketUrl: string;
  /** The address it listens on over TCP; null when it does not. */
  readonly url: string | null;
  /** File with the admin token. */
  readonly tokenFile: string;
  /** What the openstack client needs to come in as the first user; null where it cannot. */
  readonly cloudsFile: string | null;
  /** Stops: what runs may end within the patience, the rest is recovered by the next start. */
  stop(patienceMs?: number): Promise<void>;
}

/** Why a controller did not start. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: 'in-use' | 'cannot-listen' | 'no-database';

  constructor(code: StartError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

export const version = '0.1.0';
const usualWatchIntervalMs = 10_000;
const usualResumeIntervalMs = 15_000;
const usualLeaseMs = 10_000;
const usualDefinitionAgeMs = 600_000;
/** New instances are read after at most so long. */
const longestDefinitionPauseMs = 60_000;
const usualTokenLifeMs = 3_600_000;
const usualTidyIntervalMs = 300_000;
/** Whether locks hold in a directory changes with its mounts: it is tried again now and then. */
const locksKeptMs = 300_000;
/** So often in each lease it is renewed, and looked for what others let go of. */
const renewalsEachLease = 4;
/** A few quick tries; what still fails then waits, tells why, and is taken up again every while. */
const usualRetry = backOff({ firstMs: 500, longestMs: 5_000, attempts: 3 });

/** Starts a controller: takes the data directory, opens the store, goes on with what a crash left, listens. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const { dataDirectory } = options;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const lock = takeDatabaseLock(join(dataDirectory, 'ferry.lock'));
  if (lock === 'taken') {
    throw new StartError(
      'in-use',
      `Another \`ferry serve\` runs on ${dataDirectory}: two controllers on one database would both move instances. Stop it first, or use another --data-dir.`,
    );
  }
  const log = options.log ?? pino({ level: 'info' });
  const store = await Store.open(options.database ?? join(dataDirectory, 'ferry.db'), options.now).catch(
    (cause: unknown) => {
      lock.release();
      const why = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
      throw new StartError(
        'no-database',
        `${cause instanceof Error ? cause.message : String(cause)}${why}`,
        cause,
      );
    },
  );
  const hypervisor = options.hypervisor ?? new LibvirtHypervisor();
  const leaseMs = options.leaseMs ?? usualLeaseMs;
  const services: Services = {
    store,
    hypervisor,
    log,
    limits: { ...defaultLimits, ...options.limits },
    fenceHook: options.fenceHook ?? null,
    images: locksOf(store, log, leaseMs, 'images'),
    hostChanges: locksOf(store, log, leaseMs, 'host'),
    library: new ImageFiles(options.imageDirectory ?? join(dataDirectory, 'images')),
    probes: new ProbeKeeper(),
    diskLocks: new KeptAnswers(locksKeptMs),
  };
  const tokenFile = await ensureTokens(store, dataDirectory);
  if ((options.keystone ?? null) === null) await ensureFirstPassword(store, dataDirectory);
  const leases = new LeaseKeeper(store.operations, leaseMs);
  const runner = new OperationRunner(services, leases, { retry: options.retry ?? usualRetry });
  const keystone = options.keystone ?? null;
  const identity = identityControls(services, {
    keystone,
    tokenLifeMs: options.tokenLifeMs ?? usualTokenLifeMs,
  });
  const controls = controlsOf(services, runner, { version, startedAt: new Date().toISOString() }, identity);
  const place: Place = { publicUrl: options.publicUrl ?? null, region: options.region ?? usualPlace.region };
  const servers: FastifyInstance[] = [];
  const repeated: Repeated[] = [];
  const stop = async (patienceMs = 0): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    await runner.stop(patienceMs);
    await Promise.all(repeated.map((one) => one.stop()));
    services.probes.close();
    await hypervisor.close();
    await store.close();
    lock.release();
  };
  try {
    const socketPath = join(dataDirectory, 'ferry.sock');
    rmSync(socketPath, { force: true });
    servers.push(await listen(controls, log, { path: socketPath }, place));
    chmodSync(socketPath, 0o600);
    if (options.listen !== null) servers.push(await listen(controls, log, options.listen, place));
    // Nobody else can work on a file that this one has the lock of: what is left in it is left by the dead.
    if (!store.isShared) {
      await store.operations.releaseAll();
      await services.library.sweep();
    }
    await runner.takeOver();
    const renewMs = leases.leaseMs / renewalsEachLease;
    repeated.push(
      every(renewMs, 'renewing leases', log, () => leases.renew()),
      every(renewMs, 'looking for what other controllers let go of', log, () => runner.takeOver()),
      every(options.watchIntervalMs ?? usualWatchIntervalMs, 'the watch over hosts', log, () =>
        watchHosts(services),
      ),
      every(options.resumeIntervalMs ?? usualResumeIntervalMs, 'telling hosts of security groups', log, () =>
        settleFirewalls(services),
      ),
      every(options.resumeIntervalMs ?? usualResumeIntervalMs, 'taking up what waits', log, () =>
        runner.resumeWaiting(),
      ),
      every(options.tidyIntervalMs ?? usualTidyIntervalMs, 'forgetting tokens that have expired', log, () =>
        tidyIdentity(services),
      ),
    );
    const { confirmWindowMs = null, definitionAgeMs = usualDefinitionAgeMs } = options;
    if (definitionAgeMs !== null)
      repeated.push(
        every(Math.min(definitionAgeMs, longestDefinitionPauseMs), 'keeping definitions', log, () =>
          keepDefinitions(services, definitionAgeMs),
        ),
      );
    repeated.push(
      every(options.resumeIntervalMs ?? usualResumeIntervalMs, 'clearing evacuated hosts', log, () =>
        clearEvacuated(services),
      ),
    );
    if (confirmWindowMs !== null)
      repeated.push(
        every(options.resumeIntervalMs ?? usualResumeIntervalMs, 'confirming what is held', log, () =>
          confirmLate(services, runner, confirmWindowMs),
        ),
      );
    const url = options.listen === null ? null : urlOf(servers.at(-1));
    const reachedAt = place.publicUrl ?? reachable(url);
    const cloudsFile =
      keystone === null && reachedAt !== null
        ? writeClientFiles(dataDirectory, reachedAt, place.region)
        : null;
    return { socketUrl: `unix:${socketPath}`, url, tokenFile, cloudsFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Among controllers where there may be others; they end so much later than operations (see ControllerLocks). */
function locksOf(store: Store, log: Logger, leaseMs: number, what: string): Locks {
  return store.isShared ? new ControllerLocks(store.locks, log, leaseMs * 1.5, what) : new KeyedLock();
}

async function listen(
  controls: ReturnType<typeof controlsOf>,
  log: Logger,
  where: { path: string } | { host: string; port: number },
  place: Place,
): Promise<FastifyInstance> {
  const server = await buildServer(controls, log.child({ part: 'http' }), place);
  try {
    await server.listen(where);
    return server;
  } catch (cause) {
    const what = 'path' in where ? where.path : `${where.host}:${where.port}`;
    throw new StartError(
      'cannot-listen',
      `Cannot listen on ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

/** The address a server listens on; its port may have been chosen by the system. */
function urlOf(server: FastifyInstance | undefined): string | null {
  const address = server?.server.address();
  if (address === null || address === undefined || typeof address === 'string') return null;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** The address for clients on this machine, where the controller listens on all of its addresses. */
function reachable(url: string | null): string | null {
  return url?.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:') ?? null;
}

/**
 * Makes the tokens at the first start, and again when a file was lost; 0600 from the first byte. Controllers that share a
 * database have tokens of their own: the loss of one's files ends no other's.
 */
async function ensureTokens(store: Store, dataDirectory: string): Promise<string> {
  const fileOf = (role: Role): string => join(dataDirectory, `${role}.token`);
  for (const role of ['admin', 'operator', 'reader'] as const) {
    const name = store.isShared ? `${role} of ${hostname()}:${dataDirectory}` : role;
    const lost = role === 'admin' && !existsSync(fileOf(role));
    const token =
      (await store.tokens.ensure(name, role)) ?? (lost ? await store.tokens.renew(name, role) : null);
    if (token !== null) writeFileSync(fileOf(role), `${token}\n`, { mode: 0o600 });
  }
  return fileOf('admin');
}
