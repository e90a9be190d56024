import { NothingMoved } from '../errors.ts';
import { workflow, type Workflow } from '../workflow.ts';
import type { TortureSpec } from './torture.ts';

/** A little world for the package's own tests: two shelves and one parcel. */
export interface Shelves {
  readonly reserved: Set<string>;
  readonly prepared: string[];
  place: 'left' | 'right';
  /** How many parcels lie on the scales. */
  scales: number;
  label: string;
}

export interface TransferInput {
  readonly parcel: string;
}

/** Which mistakes the workflow is built with, to see that the generic tests find them. */
export interface Mistakes {
  readonly withoutUndo?: boolean;
  readonly undoNeedsOutput?: boolean;
  readonly doIsNotEnsure?: boolean;
  readonly undoTwiceFails?: boolean;
  readonly endIsNotEnsure?: boolean;
  readonly additionIsNeeded?: boolean;
}

export type TransferOutput = {
  readonly inspect: { readonly from: string };
  readonly reserve: { readonly slot: string };
  readonly prepare: { readonly shelf: string };
  readonly weigh: { readonly grams: number } | undefined;
  readonly transfer: { readonly movedTo: string };
};

/** inspect · reserve ↶ · prepare ↶ · weigh (added) · transfer (pivot) · label */
export function transferWorkflow(mistakes: Mistakes = {}): Workflow<TransferInput, Shelves, TransferOutput> {
  return workflow<TransferInput, Shelves>('transfer')
    .step({
      name: 'inspect',
      deadlineMs: 1000,
      do: ({ services }) => Promise.resolve({ from: services.place }),
    })
    .step({
      name: 'reserve',
      why: 'nothing is prepared where there is no room',
      deadlineMs: 1000,
      do: ({ services, input }) => {
        services.reserved.add(input.parcel);
        return Promise.resolve({ slot: input.parcel });
      },
      ...(mistakes.withoutUndo === true
        ? {}
        : {
            undo: async ({ services, input, own }: UndoOfReserve): Promise<void> => {
              const slot = mistakes.undoNeedsOutput === true ? own?.slot : input.parcel;
              if (!services.reserved.delete(slot ?? '') && mistakes.undoTwiceFails === true) {
                throw new Error('there is no such slot');
              }
            },
          }),
    })
    .step({
      name: 'prepare',
      deadlineMs: 1000,
      do: ({ services, output }) => {
        const { slot } = output.reserve;
        if (mistakes.doIsNotEnsure === true || !services.prepared.includes(slot))
          services.prepared.push(slot);
        return Promise.resolve({ shelf: `${slot} from ${output.inspect.from}` });
      },
      undo: ({ services }) => {
        services.prepared.length = 0;
        return Promise.resolve();
      },
    })
    .addedStep({
      name: 'weigh',
      added: { since: '2', safeWithout: 'what it weighs is only told' },
      deadlineMs: 1000,
      do: ({ services }) => {
        services.scales = 1;
        return Promise.resolve({ grams: 500 });
      },
      undo: ({ services }) => {
        services.scales = 0;
        return Promise.resolve();
      },
    })
    .pivot({
      name: 'transfer',
      deadlineMs: 1000,
      do: async ({ services, input, output }) => {
        if (mistakes.additionIsNeeded === true && output.weigh === undefined) throw new Error('not weighed');
        if (input.parcel === 'nailed down') throw new NothingMoved('stuck', 'the parcel is nailed down');
        services.place = 'right';
        return { movedTo: 'right' };
      },
    })
    .step({
      name: 'label',
      deadlineMs: 1000,
      do: ({ services, output }) => {
        // Whether it was weighed is no part of how it ends.
        services.scales = 0;
        const label = `now ${output.transfer.movedTo}`;
        services.label = mistakes.endIsNotEnsure === true ? services.label + label : label;
        return Promise.resolve({});
      },
    })
    .build();
}

interface UndoOfReserve {
  readonly services: Shelves;
  readonly input: TransferInput;
  readonly own: { readonly slot: string } | undefined;
}

/** Shelves as they are before anything was done. */
export function freshShelves(): Shelves {
  return { reserved: new Set(), prepared: [], place: 'left', scales: 0, label: 'old' };
}

/** The transfer, ready for the generic tests. */
export function transferSpec(mistakes: Mistakes = {}): TortureSpec<TransferInput, Shelves, TransferOutput> {
  return {
    workflow: transferWorkflow(mistakes),
    makeWorld: () => {
      const services = freshShelves();
      return { input: { parcel: 'book' }, services, snapshot: () => services };
    },
  };
}
