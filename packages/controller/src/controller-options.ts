import type { Hypervisor } from '@ferry/hypervisor';
import { type RuleSet, ruleSets } from '@ferry/model';
import type { RetryPolicy } from '@ferry/workflow';
import type { Logger } from 'pino';
import type { DoorLimits } from './http/doors/connection-bounds.ts';
import type { Quotas } from './operations/engine/quotas.ts';
import type { Limits } from './operations/engine/services.ts';
import type { KeystoneSettings } from './operations/identity/keystone/keystone-tokens.ts';
import type { PasswordWork } from './operations/identity/passwords.ts';
import type { PlanSettings } from './operations/plans/plan-context.ts';
import type { WebhookSettings } from './operations/webhooks/webhook-runner.ts';
import { StartError } from './start-error.ts';
import type { Now } from './store/database/clock.ts';
import type { TlsFiles } from './tls-certificate.ts';

/** How a controller runs. */
export interface ControllerOptions {
  /** Holds the database, the unix socket and the first token. Made 0700 when it is not there. */
  readonly dataDirectory: string;
  /** Where else to listen; the unix socket in the data directory is always there. Null: nowhere. */
  readonly listen: { readonly host: string; readonly port: number } | null;
  /** Where metrics are to be had without a token, by plain HTTP; null: only by the APIs, with one. */
  readonly metricsListen?: { readonly host: string; readonly port: number } | null;
  /** Certificate and key for that address: it speaks TLS alone. Null: plain HTTP. The socket has neither. */
  readonly tls?: TlsFiles | null;
  /** In place of real hosts; those in memory have URIs of their own (`simulated://…`). */
  readonly hypervisor?: Hypervisor;
  /** URIs that hosts may have beside plain ones, written by the controller's owner; `hosts.yaml` in the data directory when not given. */
  readonly hostsFile?: string | null;
  readonly limits?: Partial<Limits>;
  /** The keys that what is secret in the database is sealed with, one file for all controllers of a database; `secret.key` in the data directory when not given. */
  readonly keyFile?: string | null;
  /** Seals all of it with a new key at the start, which is put first into that file. */
  readonly rotateKey?: boolean;
  /** How long clients are waited for, and how many may be there at once. */
  readonly doors?: Partial<DoorLimits>;
  /** What each project may have, but the first; Nova's numbers where nothing is said. -1: as much as they like. */
  readonly quotas?: Partial<Quotas>;
  /** Name of a rule set that looks at live transfers beside the one in use, and only records what it would decide; null: none. */
  readonly shadowRules?: string | null;
  readonly retry?: RetryPolicy;
  readonly log?: Logger;
  /** `postgres://…` when there is more than one controller; null: a file in the data directory. */
  readonly database?: string | null;
  /** Where the authority is kept that signs for hosts; controllers that share a database must share it too. Null: in the data directory. */
  readonly hostAuthorityDirectory?: string | null;
  /** Where the bytes of images are kept; controllers that share a database must share it too. Null: in the data directory. */
  readonly imageDirectory?: string | null;
  /** How long what a controller has begun stays its own without a sign of life of it. */
  readonly leaseMs?: number;
  /** Pause between two looks at all hosts. */
  readonly watchIntervalMs?: number;
  /** Pause between two attempts at what waits for a host or a person. */
  readonly resumeIntervalMs?: number;
  /** Pause between two questions to a host that did not answer; what waits for it goes on when it does. */
  readonly returnIntervalMs?: number;
  /** How long a held migration waits for a decision before it is confirmed; null: for ever. */
  readonly confirmWindowMs?: number | null;
  /** A program that powers a host off, whose name it gets, and says by exit code 0 that it is off; null: there is none. */
  readonly fenceHook?: string | null;
  /** A program that upgrades an empty host, whose name it gets, and says by exit code 0 that it has; null: a plan waits for a person's word. */
  readonly upgradeHook?: string | null;
  /** Pause between two looks at plans that are carried out. */
  readonly planIntervalMs?: number;
  /** By which numbers they are carried out. */
  readonly planSettings?: Partial<PlanSettings>;
  /** To which addresses webhooks are sent though they are refused else, and by which times; what is not said is as usual. */
  readonly webhooks?: Partial<WebhookSettings>;
  /** A program that tells a guest that it moves live, and says by exit code 0 that the guest is ready; null: there is none. */
  readonly noticeHook?: string | null;
  /** How old a definition that is kept for the day on which its host is gone may be before it is read again; null: none are kept. */
  readonly definitionAgeMs?: number | null;
  /** How long a token of the identity service is good for. */
  readonly tokenLifeMs?: number;
  /** What hashing a password takes; by default what OWASP advises for argon2id. What is hashed already stays as it is. */
  readonly passwordWork?: PasswordWork;
  /** Characters that a password or secret has at least when it is set; those that are there stay good. */
  readonly minPasswordLength?: number;
  /** Addresses and networks (`10.0.0.0/24`) of proxies whose `X-Forwarded-…` are believed; none by default. */
  readonly trustedProxies?: readonly string[];
  /** Pages that may show consoles, beside the controller's own: `https://horizon.example.org`. */
  readonly consoleOrigins?: readonly string[];
  /** How long the audit log is kept; null: for ever. A year unless said. */
  readonly auditKeptMs?: number | null;
  /** How long events are kept; null: for ever. 90 days unless said, and a million of them at most. */
  readonly eventsKeptMs?: number | null;
  /** How long the logs of operations' steps are kept once all is done; null: for ever. 90 days unless said. */
  readonly operationsKeptMs?: number | null;
  /** How long migrations that are over are kept; null: for ever. Two years unless said, and 100,000 of them at most. */
  readonly migrationsKeptMs?: number | null;
  /** How often each running instance is measured for its profile; null: by nobody but those who ask for a forecast. */
  readonly measureIntervalMs?: number | null;
  /** How often it is recorded what hosts and instances use of processors; null: not at all. */
  readonly loadIntervalMs?: number | null;
  /** How often the doctor looks at each host and at the ways between them; null: when somebody asks. */
  readonly doctorIntervalMs?: number | null;
  /** How many are measured at a time by this controller; 2 unless said. */
  readonly measureAtOnce?: number;
  /** How long what was measured is kept; null: for ever. 30 days unless said. */
  readonly measurementsKeptMs?: number | null;
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

/** A set of numbers for live transfers by its name; null: none. Throws StartError for one that there is not. */
export function ruleSetNamed(name: string | null): RuleSet | null {
  if (name === null) return null;
  const found = ruleSets.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = ruleSets.map((one) => one.name).join(', ');
  throw new StartError(
    'bad-setting',
    `There are no rules "${name}" for live transfers; there are: ${known}.`,
  );
}
