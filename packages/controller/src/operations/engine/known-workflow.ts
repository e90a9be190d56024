import {
  type Outputs,
  recover,
  resume,
  run,
  type RunOptions,
  type RunResult,
  type Workflow,
} from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import type { Conclusion } from './conclude.ts';
import type { Services } from './services.ts';

/** A workflow that operations can be of, and how its coming to rest is written down. */
export interface KnownWorkflow {
  readonly name: string;
  /** Begins an operation, goes on with it, or takes it up where it waits; then concludes it, unless `require` throws. */
  drive(operation: Carried): Promise<Conclusion>;
}

/** One operation as its runner has it. */
export interface Carried {
  readonly id: string;
  /** As its submitter wrote it. */
  readonly input: unknown;
  readonly how: 'run' | 'recover' | 'resume';
  readonly services: Services;
  readonly options: RunOptions;
  /** Throws when another controller may carry the operation on by now. */
  readonly require: () => void;
}

/** Joins a workflow and its conclusion, which is given what its steps gave, and may be done twice. */
export function knownWorkflow<Input, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  conclude: (store: Store, id: string, input: Input, result: RunResult<Output>) => Promise<Conclusion>,
): KnownWorkflow {
  return {
    name: workflow.name,
    drive: async ({ id, input: written, how, services, options, require }) => {
      const { operations } = services.store;
      const input = workflow.readInput(written) as Input;
      const begun = performance.now();
      const result =
        how === 'run'
          ? await run(workflow, id, input, services, operations, options)
          : await (how === 'resume' ? resume : recover)(workflow, id, services, operations, options);
      services.metrics?.count('ferry_operation_runs_total', {
        workflow: workflow.name,
        result: result.kind,
      });
      services.metrics?.observe(
        'ferry_operation_run_duration_seconds',
        { workflow: workflow.name },
        (performance.now() - begun) / 1000,
      );
      require();
      services.log.info({ operation: id, result: result.kind }, 'an operation came to rest');
      return conclude(services.store, id, input, result);
    },
  };
}
