import { expect, test } from 'vitest';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import { drawPlan } from './draw-plan.ts';
import { sampleFleet, sampleFleetGuest, sampleFleetHost } from './sample-fleet.test-support.ts';

const hosts = [sampleFleetHost('a'), sampleFleetHost('b')];
const plan = makePlan(
  sampleFleet(hosts, [sampleFleetGuest('one', 'a'), sampleFleetGuest('two', 'a')]),
  { kind: 'drain', hostIds: ['id-a'] },
  options,
);

test('a picture has a bar for each step and the memory of each host that changes, with its limit', () => {
  const picture = drawPlan(plan, {
    hosts: new Map([['id-a', 'alpha']]),
    guests: new Map([['id-one', 'web-1']]),
  });
  expect(picture.match(/<rect x=/g)).toHaveLength(plan.steps.length);
  expect(picture.match(/<polygon/g)).toHaveLength(plan.memory.length);
  expect(picture).toContain('web-1: alpha → id-b');
  expect(picture).toContain('limit 64 GiB');
  expect(picture).not.toContain('NaN');
});

test('a name is text in the picture and nothing else', () => {
  const guests = new Map([['id-one', '<script>alert("&")</script>\u0001']]);
  const picture = drawPlan(plan, { hosts: new Map(), guests });
  expect(picture).not.toContain('<script>');
  expect(picture).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;\ufffd');
});

test('a plan without steps is a picture, too', () => {
  const nothing = makePlan(sampleFleet(hosts, []), { kind: 'drain', hostIds: [] }, options);
  expect(drawPlan(nothing, { hosts: new Map(), guests: new Map() })).not.toContain('NaN');
});
