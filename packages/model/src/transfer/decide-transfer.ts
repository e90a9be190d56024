import { type ControlDecision, describeDecision } from './control/control-decision.ts';
import { type ControlState, freshControl, takeChanges } from './control/control-state.ts';
import { controlTransfer } from './control/control-transfer.ts';
import { askedOfHypervisor, type ToldHypervisor } from './control/told-hypervisor.ts';
import type { Outcome } from '../migration/transfer-outcome.ts';
import { postCopyStart } from './post-copy-start.ts';
import {
  maxPostCopyResumes,
  type TransferAction,
  type TransferPolicy,
  type TransferSample,
  type TransferState,
  undisturbed,
  type UndisturbedTransfer,
} from './transfer-state.ts';

/** What is carried from one look at a transfer to the next. Only the state outlives the process. */
export interface TransferMemory {
  readonly state: TransferState;
  /** When it began, or a resumed one began anew. */
  readonly beganMs: number;
  /** What the state asks of the guest is done: it is paused, or post-copy has begun. */
  readonly ensured: boolean;
  /** Bytes that have gone, and since when no more. */
  readonly traffic: { readonly bytes: number; readonly sinceMs: number };
  /** Looks in a row at which both hosts showed the guest lost; null: the last one did not. */
  readonly lost: { readonly looks: number; readonly sinceMs: number } | null;
  /** Since when no call runs. */
  readonly overSinceMs: number | null;
  /** How it converges, and what was decided on that. Outlives the process, too. */
  readonly control: ControlState;
  /** The same of rules that only look. */
  readonly shadow: ControlState;
  readonly told: ToldHypervisor;
}

/** What a look led to. */
export interface TransferDecision {
  readonly memory: TransferMemory;
  readonly actions: readonly TransferAction[];
  /** What was decided on how it converges; none: nothing new. */
  readonly decisions?: readonly ControlDecision[];
  /** What rules that only look would have decided. */
  readonly shadowed?: readonly ControlDecision[];
}

/** A state between two others may look like a lost guest for a moment: so long, and at so many looks, it must be seen. */
const lostLongEnough = { running: { looks: 3, ms: 2_000 }, over: { looks: 2, ms: 1_000 } } as const;
const remedyOfArrived =
  'Find out on the target why the guest cannot run there. The copy at the source is whole: once the one on the target has been ended, resume that.';

/** A transfer that begins, or that a controller finds; what the state asks for is done again. */
export function beginTransfer(
  state: TransferState,
  atMs: number,
  control: ControlState = freshControl,
  told: ToldHypervisor = {},
): TransferMemory {
  return {
    control,
    shadow: freshControl,
    told,
    state,
    beganMs: atMs,
    ensured: false,
    traffic: { bytes: -1, sinceMs: atMs },
    lost: null,
    overSinceMs: null,
  };
}

/** The one rule of live transfers: from where it stands and what one look showed to where it stands then and what to do. */
export function decideTransfer(
  before: TransferMemory,
  sample: TransferSample,
  policy: TransferPolicy,
): TransferDecision {
  const overSinceMs = sample.call === 'over' ? (before.overSinceMs ?? sample.atMs) : null;
  const memory = { ...before, overSinceMs, lost: lostSince(before, sample) };
  const { outcome } = sample;
  if (sample.call === 'running') {
    if (outcome?.kind === 'lost' && isLost(memory, sample) && !isBeingResumed(memory.state, outcome))
      return giveUp(memory, { kind: 'guest-lost', because: outcome.because });
    return whileSending(memory, sample, policy);
  }
  switch (outcome?.kind) {
    case 'moved':
      return { memory, actions: [{ kind: 'moved', outcome }] };
    case 'stayed':
      return { memory, actions: [{ kind: 'stayed', outcome }] };
    case 'arrived':
      return isOverdue(memory, sample, policy)
        ? { memory, actions: [{ kind: 'ask', because: outcome.because, remedy: remedyOfArrived }] }
        : { memory: entered(memory, { kind: 'arrived' }), actions: [{ kind: 'resume-on-target' }] };
    case 'lost':
      return isLost(memory, sample) ? ofLostGuest(memory, outcome, sample, policy) : { memory, actions: [] };
    case 'unknown':
      return ofUnknown(memory, outcome, sample, policy);
    case 'running':
    case undefined:
      return whileSending(memory, sample, policy);
  }
}

/** The hypervisor has taken what it was told. */
export function withTold(memory: TransferMemory, told: ToldHypervisor): TransferMemory {
  return { ...memory, told: { ...memory.told, ...told } };
}

/** It was done what the state asks of the guest. */
export function withEnsured(memory: TransferMemory): TransferMemory {
  return { ...memory, ensured: true };
}

function whileSending(
  before: TransferMemory,
  sample: TransferSample,
  policy: TransferPolicy,
): TransferDecision {
  const { progress } = sample;
  const bytes = progress === null ? before.traffic.bytes : progress.memoryBytes + progress.diskBytes;
  const traffic = bytes === before.traffic.bytes ? before.traffic : { bytes, sinceMs: sample.atMs };
  const memory = { ...before, traffic };
  const stalled = sample.atMs - traffic.sinceMs >= policy.stallMs;
  const base = undisturbed(before.state);
  if (base.kind === 'connecting' && (progress?.memoryBytes ?? 0) === 0) {
    if (sample.call === 'running' && sample.atMs - before.beganMs >= policy.connectMs) {
      const { memory: same, actions } = giveUp(memory, { kind: 'target-not-ready' });
      return { memory: same, actions: [{ kind: 'abort-job' }, ...actions] };
    }
  }
  const looked = controlled(memory, nextOf(base, stalled, sample, policy), stalled, sample, policy);
  const { next, control, shadow, decisions, shadowed } = looked;
  const state: TransferState = stalled ? { kind: 'stalled', from: next } : next;
  const after = entered({ ...memory, control, shadow }, state);
  const actions = [
    ...abortOf(sample, next),
    ...askedOfGuest(after, sample),
    ...askedOfJob(after, next, sample, policy),
  ];
  return { memory: after, actions, decisions, shadowed };
}

interface ControlledLook extends Pick<TransferMemory, 'control' | 'shadow'> {
  readonly next: UndisturbedTransfer;
  readonly decisions: readonly ControlDecision[];
  readonly shadowed: readonly ControlDecision[];
}

/** What its passes show and its policy allows: only of a pre-copy, over a link that something goes over. */
function controlled(
  { control, shadow }: TransferMemory,
  next: UndisturbedTransfer,
  stalled: boolean,
  { progress }: TransferSample,
  policy: TransferPolicy,
): ControlledLook {
  const sends = next.kind === 'precopy' || next.kind === 'paused';
  if (progress === null || policy.control === null || !sends || (stalled && next.kind === 'precopy'))
    return { next, control, shadow, decisions: [], shadowed: [] };
  const changed = takeChanges(control, progress, policy.control);
  const { state, decisions } = controlTransfer(changed.state, progress, policy.control);
  const own = policy.shadow === null ? null : controlTransfer(shadow, progress, policy.shadow);
  return {
    next: decisions.reduce(nextBy, next),
    control: state,
    shadow: own?.state ?? shadow,
    decisions: [...changed.decisions, ...decisions],
    shadowed: own?.decisions ?? [],
  };
}

function nextBy(next: UndisturbedTransfer, decision: ControlDecision): UndisturbedTransfer {
  switch (decision.kind) {
    case 'post-copy':
      return { kind: 'post-copy', because: describeDecision(decision) };
    case 'pause':
      return { kind: 'paused', maxMs: decision.maxMs };
    case 'abort':
      return { kind: 'ending', because: decision.because };
    default:
      return next;
  }
}

/** What the hypervisor is to know of bandwidth and downtime, as long as it was not told. */
function askedOfJob(
  { control, told }: TransferMemory,
  { kind }: UndisturbedTransfer,
  { progress }: TransferSample,
  policy: TransferPolicy,
): TransferAction[] {
  if (progress === null || policy.control === null || (kind !== 'precopy' && kind !== 'paused')) return [];
  return askedOfHypervisor(control, policy.control, told);
}

/** What it does from here on, whether or not anything goes from host to host. */
function nextOf(
  base: UndisturbedTransfer,
  stalled: boolean,
  { progress, forceRequested, end }: TransferSample,
  { postCopy, maxDowntimeMs, control }: TransferPolicy,
): UndisturbedTransfer {
  if (base.kind !== 'connecting' && base.kind !== 'precopy') return base;
  // Nothing is asked of a guest whose job does not show itself.
  if (progress === null) return base;
  if (end === 'pause') return { kind: 'forced' };
  if (end === 'post-copy' && postCopy !== 'never')
    return { kind: 'post-copy', because: 'asked for by an operator' };
  if (forceRequested)
    return postCopy === 'never'
      ? { kind: 'forced' }
      : { kind: 'post-copy', because: 'forced by an operator' };
  const sending: UndisturbedTransfer =
    base.kind === 'connecting' && progress.memoryBytes > 0 ? { kind: 'precopy', weakLink: null } : base;
  if (postCopy === 'never' || stalled || sending.kind === 'connecting') return sending;
  // It is the last way there, after those that keep the budget.
  if (control?.values.whenStalled === 'post-copy') return sending;
  const start = postCopyStart(progress, maxDowntimeMs);
  switch (start.kind) {
    case 'wait':
      return sending;
    case 'weak':
      return { kind: 'precopy', weakLink: start.because };
    case 'start':
      return { kind: 'post-copy', because: start.because };
  }
}

/** What the state wants of the guest, as long as it is not known to be done; a job that does not show itself gets nothing. */
function askedOfGuest({ state, ensured }: TransferMemory, { progress }: TransferSample): TransferAction[] {
  if (ensured || progress === null) return [];
  const { kind } = undisturbed(state);
  if (kind === 'forced' || kind === 'paused') return [{ kind: 'pause-guest' }];
  return kind === 'post-copy' ? [{ kind: 'start-post-copy' }] : [];
}

function abortOf({ abortRequested }: TransferSample, { kind }: UndisturbedTransfer): TransferAction[] {
  return abortRequested || kind === 'ending' ? [{ kind: 'abort-job' }] : [];
}

/** Resumed, where its memory is whole and both hypervisors can do that; else what was agreed when it was asked for. */
function ofLostGuest(
  memory: TransferMemory,
  lost: Outcome & { readonly kind: 'lost' },
  { canResume, atMs }: TransferSample,
  { postCopy }: TransferPolicy,
): TransferDecision {
  const base = undisturbed(memory.state);
  const attempts = base.kind === 'resuming' ? base.attempt : 0;
  if (lost.resumable && canResume && attempts < maxPostCopyResumes) {
    const state = { kind: 'resuming', attempt: attempts + 1 } as const;
    const begun = { ...beginTransfer(state, atMs), control: memory.control, shadow: memory.shadow };
    return { memory: begun, actions: [{ kind: 'resume-post-copy' }] };
  }
  if (postCopy === 'restart') return { memory, actions: [{ kind: 'start-anew' }] };
  return { memory, actions: [{ kind: 'ask', because: lost.because, remedy: lost.remedy }] };
}

function ofUnknown(
  memory: TransferMemory,
  { because, remedy }: Outcome & { readonly kind: 'unknown' },
  sample: TransferSample,
  policy: TransferPolicy,
): TransferDecision {
  const after = entered(memory, { kind: 'unknown', because, from: undisturbed(memory.state) });
  if (!isOverdue(memory, sample, policy)) return { memory: after, actions: [] };
  return { memory: after, actions: [{ kind: 'ask', because, remedy }] };
}

/** A change of what is in its way is none of what was asked of the guest. */
function entered(memory: TransferMemory, state: TransferState): TransferMemory {
  const same = undisturbed(memory.state).kind === undisturbed(state).kind;
  return { ...memory, state, ensured: memory.ensured && same };
}

function giveUp(
  memory: TransferMemory,
  because: (TransferAction & { readonly kind: 'give-up-call' })['because'],
): TransferDecision {
  return { memory, actions: [{ kind: 'give-up-call', because }] };
}

function lostSince({ lost }: TransferMemory, { outcome, atMs }: TransferSample): TransferMemory['lost'] {
  // Not looked at tells nothing.
  if (outcome === null) return lost;
  if (outcome.kind !== 'lost') return null;
  return { looks: (lost?.looks ?? 0) + 1, sinceMs: lost?.sinceMs ?? atMs };
}

function isLost({ lost }: TransferMemory, { call, atMs }: TransferSample): boolean {
  const { looks, ms } = lostLongEnough[call];
  return lost !== null && lost.looks >= looks && atMs - lost.sinceMs >= ms;
}

/** Until the two are connected again they show it broken. */
function isBeingResumed(state: TransferState, lost: Outcome & { readonly kind: 'lost' }): boolean {
  return lost.resumable && undisturbed(state).kind === 'resuming';
}

function isOverdue(
  { overSinceMs }: TransferMemory,
  { atMs }: TransferSample,
  { unknownMs }: TransferPolicy,
): boolean {
  return overSinceMs !== null && atMs - overSinceMs > unknownMs;
}
