/**
 * What is known of a guest that stands still while it is sent. A hypervisor gives the same reason, `migrating`, for one that
 * it has stopped itself for the switch-over and for one that somebody has suspended meanwhile. Its passes over the memory tell
 * them apart: after the stop for the switch-over exactly one more begins, and nothing is sent until then; after any other stop
 * what is left of the pass is sent, and at least two more begin. That last pass of a switch-over can take long on a busy host,
 * and is sent while the guest stands: what is sent proves nothing unless it is known to belong to the pass before it.
 */
export interface Standstill {
  readonly stands: boolean;
  /** Ferry has stopped it itself: whoever does so as well then is not seen. */
  readonly own: boolean;
  /** The pass that was the last one told of when the host told of the stop; null: no stop, or no pass, was told. */
  readonly stoppedInPass: number | null;
  /** The pass that was going on before it was last seen to run, asked for: hosts may tell of no pass by themselves. Null: not known. */
  readonly ranInPass: number | null;
  /** Passes that the host has told of since the stop, each once. */
  readonly passesSince: number;
  /** The last pass that the host has told of; null: it has told of none. */
  readonly lastPass: number | null;
  /** The pass in which it was first found standing, which began before the stop or is the first one after it; null: it was not. */
  readonly foundInPass: number | null;
  /** What had been sent when it was found standing in a pass for the first time, bytes of memory; null: it was not. */
  readonly foundAt: { readonly pass: number; readonly sentBytes: number } | null;
  /** More of the pass in which it was stopped was sent since then. */
  readonly sendsOn: boolean;
}

/** What a host tells, in the order in which it happened. */
export type StandstillNews =
  | { readonly kind: 'pass'; readonly pass: number }
  | { readonly kind: 'stopped' }
  /** It was found running, with the pass that was going on before. */
  | { readonly kind: 'found-running'; readonly pass: number }
  /** It was found standing, with the pass that was going on afterwards. */
  | { readonly kind: 'found-standing'; readonly pass: number; readonly sentBytes: number }
  | { readonly kind: 'runs-on' }
  | { readonly kind: 'own-stop' };

/** Of a guest that runs, of which nothing was told. */
export const runsOn: Standstill = {
  stands: false,
  own: false,
  stoppedInPass: null,
  ranInPass: null,
  passesSince: 0,
  lastPass: null,
  foundInPass: null,
  foundAt: null,
  sendsOn: false,
};

/** Passes that begin after a guest was stopped for its switch-over. */
const passesOfSwitchOver = 1;

/** What is known after one more piece of news. What is not known is taken so that it proves nothing. */
export function withNews(before: Standstill, news: StandstillNews): Standstill {
  switch (news.kind) {
    case 'pass': {
      const isNew = news.pass > (before.lastPass ?? 0);
      const lastPass = isNew ? news.pass : before.lastPass;
      return { ...before, lastPass, passesSince: before.passesSince + (before.stands && isNew ? 1 : 0) };
    }
    case 'stopped':
      return before.stands ? before : { ...before, stands: true, stoppedInPass: before.lastPass };
    case 'found-running':
      return before.stands ? before : { ...before, ranInPass: news.pass };
    case 'found-standing':
      return foundStanding(before, news);
    case 'runs-on':
      return { ...runsOn, own: before.own, lastPass: before.lastPass };
    case 'own-stop':
      return before.stands ? before : { ...before, own: true };
  }
}

function foundStanding(
  before: Standstill,
  { pass, sentBytes }: StandstillNews & { readonly kind: 'found-standing' },
): Standstill {
  // A pass that was not told of is no news of one that has begun since.
  const lastPass = Math.max(before.lastPass ?? 0, pass);
  const stood = { ...before, stands: true, lastPass, foundInPass: before.foundInPass ?? pass };
  const { foundAt, ranInPass, stoppedInPass } = stood;
  if (foundAt?.pass !== pass) return { ...stood, foundAt: { pass, sentBytes } };
  // A pass in which it ran is no switch-over's last one: if one was told of at its stop, that is the later of the two.
  const isOfStop = (stoppedInPass ?? ranInPass) === pass && sentBytes > foundAt.sentBytes;
  return { ...stood, sendsOn: stood.sendsOn || isOfStop };
}

/** Somebody else than Ferry and the hypervisor has it stand still. What is not known proves nothing. */
export function isStoppedByOthers(known: Standstill): boolean {
  const { stands, own, passesSince, lastPass, foundInPass, sendsOn } = known;
  if (!stands || own) return false;
  if (sendsOn || passesSince > passesOfSwitchOver) return true;
  return foundInPass !== null && lastPass !== null && lastPass - foundInPass > passesOfSwitchOver;
}
