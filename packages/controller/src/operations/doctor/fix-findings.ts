import { createHash } from 'node:crypto';
import {
  type Diagnosis,
  type DoctorFinding,
  type DoctorFix,
  type FixPlan,
  type LeftFinding,
  planFixes,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { type DoneWork, doWork, showWork } from './do-work.ts';
import { type HostWork, workByHost } from './host-work.ts';
import { runDoctor, withLook } from './run-doctor.ts';

/** What is to be mended. */
export interface FixRequest {
  /** By name or id; none: all. */
  readonly hosts: readonly string[];
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Digest of what was shown; null: whatever is found is mended. */
  readonly plan: string | null;
}

/** What became of one fix. */
interface FixTold {
  readonly code: string;
  readonly what: string;
  readonly finding: DoctorFinding;
  readonly state: 'planned' | 'fixed' | 'not-fixed';
  /** What is still found; null: nothing. */
  readonly now: string | null;
}

/** What is done, or would be. */
interface FixResult {
  readonly plan: string;
  readonly hosts: readonly (DoneWork & {
    readonly host: string;
    readonly hostId: string;
    readonly fixes: readonly FixTold[];
  })[];
  readonly left: readonly LeftFinding[];
}

/**
 * Mends what the doctor finds and a shell can mend, host by host, each behind an undo that is armed there; then looks again
 * and says of each what is still found. Throws Refusal where what is to be done is not what was shown.
 */
export async function fixFindings(services: Services, request: FixRequest): Promise<FixResult> {
  const look = { hosts: request.hosts, at: null, measure: false };
  const planned = await planNow(services, request.hosts);
  const works = workByHost(planned.fixes);
  const plan = digestOf(works);
  if (request.plan !== null && request.plan !== plan)
    throw new Refusal(
      'fixes-changed',
      'What is found now is mended otherwise than was shown: nothing was changed.',
    );
  const done = new Map<string, DoneWork>();
  for (const work of works)
    done.set(work.hostId, await (request.dryRun ? showWork(services, work) : doWork(services, work)));
  const after = request.dryRun || works.length === 0 ? null : await runDoctor(services, look);
  const names = new Map((await services.store.hosts.list()).map(({ id, name }) => [id, name]));
  const hosts = works.flatMap(({ hostId, fixes }) => {
    const what = done.get(hostId);
    if (what === undefined) return [];
    return [
      { host: names.get(hostId) ?? hostId, hostId, ...what, fixes: fixes.map((fix) => toldOf(fix, after)) },
    ];
  });
  return { plan, hosts, left: planned.left };
}

async function planNow(services: Services, hosts: readonly string[]): Promise<FixPlan> {
  const authority = await services.hostAuthority.fingerprint();
  return withLook(services, { hosts, at: null, measure: false }, ({ input, diagnosis, examined }) => {
    const roots = new Set(
      examined.filter(({ examiner }) => examiner?.facts.root === true).map(({ found }) => found.host.id),
    );
    return Promise.resolve(planFixes({ input, diagnosis, authority, roots }));
  });
}

function digestOf(works: readonly HostWork[]): string {
  const done = works.map(({ hostId, edits, commands, configure }) => ({
    hostId,
    edits,
    commands,
    configure,
  }));
  return createHash('sha256').update(JSON.stringify(done)).digest('hex');
}

function toldOf({ code, what, finding }: DoctorFix, after: Diagnosis | null): FixTold {
  const told = { code, what, finding };
  if (after === null) return { ...told, state: 'planned', now: null };
  const still = [...after.hosts, ...after.pairs]
    .flatMap(({ findings }) => findings)
    .find((one) => isSame(one, finding) && one.severity !== 'ok' && one.severity !== 'info');
  return { ...told, state: still === undefined ? 'fixed' : 'not-fixed', now: still?.message ?? null };
}

function isSame(one: DoctorFinding, other: DoctorFinding): boolean {
  return placeOf(one) === placeOf(other);
}

/** Of one code there may be several at a host: of certificates by their use, or their key. */
function placeOf({ code, host, peer, compared }: DoctorFinding): string {
  return JSON.stringify([code, host, peer, compared['use'] ?? null, compared['key'] ?? null]);
}
