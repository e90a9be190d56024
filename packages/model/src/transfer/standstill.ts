/**
 * What is known of a guest that stands still while it is sent. A hypervisor gives the same reason, `migrating`, for one that
 * it has stopped itself for the switch-over and for one that somebody has suspended meanwhile. Its passes over the memory tell
 * them apart: after the stop for the switch-over exactly one more begins, and nothing is sent until then; after any other stop
 * what is left of the pass is sent, and at least two more begin.
 */
export interface Standstill {
  readonly stands: boolean;
  /** Ferry has stopped it itself: whoever does so as well then is not seen. */
  readonly own: boolean;
  /** A pass that had begun when it was stopped, and not much earlier than the last one; null: not known. */
  readonly stoodInPass: number | null;
  /** The last pass that the host has told of; null: it has told of none. */
  readonly lastPass: number | null;
  /** What had been sent when it was first found standing in a pass, bytes of memory; null: it was not. */
  readonly foundAt: { readonly pass: number; readonly sentBytes: number } | null;
  /** More of the same pass was sent since then. */
  readonly sendsOn: boolean;
}

/** What a host tells, in the order in which it happened. */
export type StandstillNews =
  | { readonly kind: 'pass'; readonly pass: number }
  | { readonly kind: 'stopped' }
  /** It was found standing, with the pass that was going on afterwards. */
  | { readonly kind: 'found-standing'; readonly pass: number; readonly sentBytes: number }
  | { readonly kind: 'runs-on' }
  | { readonly kind: 'own-stop' };

/** Of a guest that runs, of which nothing was told. */
export const runsOn: Standstill = {
  stands: false,
  own: false,
  stoodInPass: null,
  lastPass: null,
  foundAt: null,
  sendsOn: false,
};

/** Passes that begin after a guest was stopped for its switch-over. */
const passesOfSwitchOver = 1;

/** What is known after one more piece of news. What is not known is taken so that it proves nothing. */
export function withNews(before: Standstill, news: StandstillNews): Standstill {
  switch (news.kind) {
    case 'pass': {
      const lastPass = Math.max(before.lastPass ?? 0, news.pass);
      if (!before.stands) return { ...before, lastPass };
      return { ...before, lastPass, stoodInPass: before.stoodInPass ?? lastPass - passesOfSwitchOver };
    }
    case 'stopped':
      return before.stands ? before : { ...before, stands: true, stoodInPass: before.lastPass };
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
  const stood = before.stands ? before : { ...before, stands: true, stoodInPass: pass };
  const { foundAt } = stood;
  if (foundAt?.pass !== pass) return { ...stood, foundAt: { pass, sentBytes } };
  return { ...stood, sendsOn: stood.sendsOn || sentBytes > foundAt.sentBytes };
}

/** Somebody else than Ferry and the hypervisor has it stand still. */
export function isStoppedByOthers({ stands, own, stoodInPass, lastPass, sendsOn }: Standstill): boolean {
  if (!stands || own) return false;
  if (sendsOn) return true;
  if (stoodInPass === null || lastPass === null) return false;
  return lastPass - stoodInPass > passesOfSwitchOver;
}
