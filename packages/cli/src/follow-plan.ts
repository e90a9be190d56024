import type { FerryClient, PlanDetailBody, PlanStepBody } from '@ferry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { progressText } from './output/plan-views.ts';
import { News } from './news.ts';

/** A plan of a thousand moves tells much: it is asked for so often at most. */
const leastPauseMs = 100;
const defaultColumns = 80;

/**
 * Follows a plan until it has ended or waits for a person, showing on the terminal's error stream what has really ended and
 * how far each move is; in a log or a pipe a line for each change.
 */
export async function followPlan(client: FerryClient, id: string): Promise<PlanDetailBody> {
  let told = '';
  const stream = process.stderr;
  const news = new News(client);
  try {
    for (;;) {
      const detail = await client.plan(id);
      const running = await client.planSteps(id, { state: 'running' });
      const held = await client.planSteps(id, { state: 'held' });
      told = show(stream, detail, running, told);
      const { state, finishedAt } = detail.plan;
      if (finishedAt !== null || state === 'paused' || (held.length > 0 && running.length === 0))
        return detail;
      await sleep(leastPauseMs);
      await news.wait();
    }
  } finally {
    news.end();
    if (stream.isTTY) stream.write('\r\u001b[2K');
  }
}

function show(
  stream: NodeJS.WriteStream,
  { plan }: PlanDetailBody,
  running: readonly PlanStepBody[],
  told: string,
): string {
  if (stream.isTTY) {
    const width = Math.max(20, (stream.columns || defaultColumns) - 1);
    stream.write(`\r\u001b[2K${progressText(plan, running).slice(0, width)}`);
    return told;
  }
  const line = progressText(plan, []);
  if (line !== told) stream.write(`${line}\n`);
  return line;
}
