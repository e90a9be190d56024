import { movePlans } from '@ferry/controller/move-plans';

/** The moves of the matrix: live on shared disks (peer-to-peer), live with local disks (each phase led by Ferry), cold. */
export const moves = ['live-shared', 'live-block', 'cold'] as const;
export type Move = (typeof moves)[number];

/** Where in a move something is struck. */
export type Phase =
  /** A step has been written down as begun. */
  | { readonly kind: 'step'; readonly name: string }
  /** The transfer has written down which of its phases comes next. */
  | { readonly kind: 'transfer'; readonly name: string }
  /** Memory of the guest is on its way. */
  | { readonly kind: 'sending' }
  /** The taking back of a step has been written down as begun. */
  | { readonly kind: 'undo'; readonly name: string };

const ledByFerry = ['begin', 'prepare', 'perform', 'finish', 'confirm'];
const betweenHosts = ['peer-to-peer'];

/** All phases of a move in their order, read from its workflow: a new step is among them by itself. */
export function phasesOf(move: Move): Phase[] {
  const { steps } = move === 'cold' ? movePlans.cold : movePlans.live;
  const forward = steps.flatMap(({ name, role }): Phase[] =>
    role === 'pivot' && move !== 'cold' ? transferPhases(move) : [{ kind: 'step', name }],
  );
  const back = steps
    .filter(({ undoable }) => undoable)
    .map(({ name }): Phase => ({ kind: 'undo', name }))
    .toReversed();
  return [...forward, ...back];
}

function transferPhases(move: Move): Phase[] {
  const names = move === 'live-block' ? ledByFerry : betweenHosts;
  const phases = names.map((name): Phase => ({ kind: 'transfer', name }));
  const sending: Phase = { kind: 'sending' };
  // What is sent is sent while perform runs, or in the middle of what the hosts do among themselves.
  const at = names.indexOf('perform') + 1 || names.length;
  return [{ kind: 'step', name: 'transfer' }, ...phases.slice(0, at), sending, ...phases.slice(at)];
}

/** A phase as it is called in tables and in `--only`. */
export function phaseName(phase: Phase): string {
  switch (phase.kind) {
    case 'step':
      return phase.name;
    case 'transfer':
      return `transfer: ${phase.name}`;
    case 'sending':
      return 'transfer: memory is sent';
    case 'undo':
      return `undo ${phase.name}`;
  }
}

/** What the controller is to halt at for this phase; null for one that lies between two things it writes. */
export function haltLine(phase: Phase): string | null {
  switch (phase.kind) {
    case 'step':
      return `step-started ${phase.name}`;
    case 'transfer':
      return `phase ${phase.name}:`;
    case 'undo':
      return `undo-started ${phase.name}`;
    case 'sending':
      return null;
  }
}

/** Where an abort makes a move be taken back from as far as it can be. */
export function abortLine(move: Move): string {
  return {
    'live-shared': 'phase peer-to-peer:',
    'live-block': 'phase perform:',
    cold: 'step-started verify-copy',
  }[move];
}
