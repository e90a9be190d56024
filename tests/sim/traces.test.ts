import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KeptSpan, KeptSpans } from './kept-spans.ts';
import { Stage, until } from './world.ts';

const open = (): Promise<Stage> => Stage.open({}, { listen: { host: '127.0.0.1', port: 0 } });
const caller = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

/** A request as a client sends it that traces what it does. */
async function move(stage: Stage): Promise<{ id: string; request: string }> {
  const token = readFileSync(join(stage.dataDirectory, 'operator.token'), 'utf8').trim();
  const response = await fetch(`${stage.url}/ferry/v1/instances/web/migrations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      traceparent: `00-${caller.trace}-${caller.span}-01`,
    },
    body: JSON.stringify({ kind: 'live-migration', host: 'compute12' }),
  });
  const { id } = (await response.json()) as { id: string };
  return { id, request: response.headers.get('x-openstack-request-id') ?? '' };
}

const runsOf = (spans: KeptSpans, id: string): KeptSpan[] =>
  spans.all.filter(({ attributes }) => attributes['ferry.operation.id'] === id);

test("a move is below its request, which is below its caller's span, and its steps are below it", async () => {
  using spans = new KeptSpans();
  await using stage = await open();
  await stage.guest({ name: 'web', directory: '/shared' });
  const { id, request } = await move(stage);
  await stage.over(id);
  await stage.quiet();
  const asked = spans.all.find(({ attributes }) => attributes['ferry.request.id'] === request);
  expect(asked).toMatchObject({
    name: 'POST /ferry/v1/instances/:instance/migrations',
    parent: { traceId: caller.trace, spanId: caller.span },
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 202 },
    isError: false,
    hasEnded: true,
  });
  const [run] = await until('its run has ended', () => {
    const runs = runsOf(spans, id);
    return runs.length === 1 && runs[0]?.hasEnded === true ? runs : null;
  });
  expect(run).toMatchObject({
    name: 'operation live-migrate',
    parent: { traceId: caller.trace, spanId: asked?.context.spanId },
    attributes: { 'ferry.migration.id': id, 'ferry.operation.how': 'run', 'ferry.operation.result': 'done' },
    links: [],
    isError: false,
  });
  const steps = run === undefined ? [] : spans.below(run);
  const names = steps.map(({ name }) => name);
  expect(names.indexOf('step transfer')).toBeGreaterThan(names.indexOf('step begin'));
  expect(names).toContain('step clean-source');
  expect(steps.filter(({ hasEnded, isError }) => !hasEnded || isError)).toEqual([]);
});

test('what goes on after a crash is linked to what was cut off', async () => {
  using spans = new KeptSpans();
  await using stage = await open();
  const web = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  const { id } = await move(stage);
  await stage.sending(web);
  await stage.crash();
  stage.fast();
  await stage.start();
  await stage.over(id);
  await stage.quiet();
  const [before, after] = runsOf(spans, id);
  expect(after).toMatchObject({
    attributes: { 'ferry.operation.how': 'recover', 'ferry.operation.result': 'done' },
    // Nobody asks any more: it is a trace of its own.
    parent: null,
    links: [{ context: { traceId: before?.context.traceId, spanId: before?.context.spanId } }],
  });
  expect(after?.context.traceId).not.toBe(before?.context.traceId);
});

test('a step that fails and what is taken back are errors of their spans', async () => {
  using spans = new KeptSpans();
  await using stage = await open();
  const web = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  const { id } = await move(stage);
  await stage.sending(web);
  await stage.client().abortMigration(id);
  await stage.over(id);
  await stage.quiet();
  const [run] = runsOf(spans, id);
  expect(run).toMatchObject({ isError: true, attributes: { 'ferry.operation.result': 'undone' } });
  const steps = run === undefined ? [] : spans.below(run);
  expect(steps.filter(({ isError }) => isError)).toEqual([
    expect.objectContaining({
      name: 'step transfer',
      attributes: expect.objectContaining({ 'ferry.failure.code': 'aborted', 'ferry.failure.next': 'undo' }),
    }),
  ]);
  expect(steps.map(({ name }) => name)).toContain('undo prepare-networks');
});
