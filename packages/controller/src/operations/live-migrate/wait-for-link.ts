import {
  type HostPort,
  linkTurn,
  type MeasuredStream,
  measureStreams,
  whatChanged,
  whyTakesNone,
} from '@ferry/model';
import { abortable, type MoveContext, setPhase, setStatus, sourceOf } from '../context/move-context.ts';
import type { Services } from '../engine/services.ts';
import { StepError } from '../engine/step-error.ts';
import { readHost } from '../facts/read-host.ts';
import { portSpeeds } from '../facts/port-speeds.ts';
import { pause, wakesOf } from './transfer/waits.ts';

/** Pause between two looks at who sends: how fast they are is told by no event. */
const lookAgainMs = 500;
/** What the checks found is asked of both hosts again so often while a move waits for its turn. */
const validAgainMs = 5_000;

type Rates = ReadonlyMap<string, MeasuredStream>;

/**
 * Holds a move of a plan, prepared to the last, until the ports of its hosts take one more stream, and takes the turn: its
 * status is `running` from then on. While it waits both hosts are asked every few seconds whether it may still go.
 */
export async function waitForLink(context: MoveContext): Promise<void> {
  const { linkTurn: turn = null, migrationId } = context.input;
  if (turn === null) return;
  const { store } = context.services;
  const known = await store.migrations.byId(migrationId);
  // It had its turn before an interruption.
  if (known?.status === 'running') return;
  await abortable(context, async (signal) => {
    const over = new AbortController();
    const wakes = wakesOf(
      store.events.follow(null, AbortSignal.any([signal, over.signal]), { kind: 'migration.updated' }),
    );
    try {
      await waitForTurn(context, turn, signal, () => wakes.next());
    } finally {
      over.abort();
      await wakes.end();
    }
  });
}

async function waitForTurn(
  context: MoveContext,
  turn: NonNullable<MoveContext['input']['linkTurn']>,
  signal: AbortSignal,
  nextEvent: () => Promise<void>,
): Promise<void> {
  let rates: Rates = new Map();
  let said = '';
  let validMs = performance.now();
  for (;;) {
    signal.throwIfAborted();
    // Listening starts before the look: what ends meanwhile wakes it at once.
    const next = nextEvent();
    if (performance.now() - validMs >= validAgainMs) {
      await requireStillFits(context, turn.memoryBytes, signal);
      validMs = performance.now();
    }
    const { linkTurns } = context.services;
    const tried = await linkTurns.with('turn', () => tryTurn(context, turn.perLink, rates), { signal });
    if (tried.because === null) return;
    ({ rates } = tried);
    if (tried.because !== said) await setPhase(context, tried.because);
    said = tried.because;
    await Promise.race([next, pause(lookAgainMs, signal)]);
  }
}

/** Takes the turn, or tells why it does not come yet (null: it has it). One at a time: two would see the same stream free. */
async function tryTurn(
  context: MoveContext,
  perLink: number,
  before: Rates,
): Promise<{ readonly because: string | null; readonly rates: Rates }> {
  const { input, services } = context;
  const { source, target } = input;
  const ends = { fromHostId: source.id, toHostId: target.id };
  const streams = await services.store.transfers.streams(input.migrationId, ends);
  const rates = measureStreams(before, new Map(streams.map(({ id, progress }) => [id, progress])));
  const speedOf = await portSpeeds(services.store);
  const port = ({ id, name }: { id: string; name: string }): HostPort => ({
    hostId: id,
    hostName: name,
    bytesPerSecond: speedOf(id),
  });
  const sending = streams.map((one) => ({
    ...one,
    bytesPerSecond: rates.get(one.id)?.bytesPerSecond ?? null,
    leftMs: rates.get(one.id)?.leftMs ?? null,
  }));
  const turn = linkTurn({ from: port(source), to: port(target) }, sending, perLink);
  if (turn.kind === 'waits') return { because: turn.because, rates };
  await setStatus(context, 'running', 'its turn on the link has come');
  return { because: null, rates };
}

/** Throws with all that is not any more as its checks found it: they may have been made minutes ago. */
async function requireStillFits(
  context: MoveContext,
  memoryBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const { input, services } = context;
  const { store, limits } = services;
  const call = { signal, deadlineMs: limits.inspectMs };
  const [from, to] = await Promise.all([
    readKnownHost(services, input.source.id, call),
    readKnownHost(services, input.target.id, call),
  ]);
  const seen =
    from?.kind === 'answers' ? await sourceOf(context).domains.observe(input.instanceId, call) : null;
  signal.throwIfAborted();
  const silent = (reading: typeof from): string | null =>
    reading === null ? 'it is not registered any more' : reading.kind === 'answers' ? null : reading.reason;
  const changed = whatChanged({
    instanceName: input.instanceName,
    source: {
      name: input.source.name,
      power: seen?.kind === 'present' ? seen.state : null,
      silent: seen?.kind === 'unreachable' ? seen.reason : silent(from),
    },
    target: {
      name: input.target.name,
      silent: silent(to),
      takesNone: to === null ? null : whyTakesNone(to.host),
      memoryAvailableBytes: to?.kind === 'answers' ? (to.facts.memoryAvailableBytes ?? null) : null,
    },
    memoryBytes,
  });
  if (changed.length > 0)
    throw new StepError('changed-meanwhile', `While it waited for its turn: ${changed.join('; ')}.`);

  async function readKnownHost(
    of: Services,
    id: string,
    asked: typeof call,
  ): Promise<Awaited<ReturnType<typeof readHost>> | null> {
    const host = await store.hosts.byId(id);
    return host === null ? null : readHost(of, host, asked);
  }
}

/** Of a move that does not come to its end: what is taken back then is in nobody's way on the link. */
export async function leaveLink(context: MoveContext): Promise<void> {
  const known = await context.services.store.migrations.byId(context.input.migrationId);
  if (known?.status === 'running') await setStatus(context, 'post-migrating', 'not sent: all is taken back');
}
