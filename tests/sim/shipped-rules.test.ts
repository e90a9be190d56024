import { readFileSync } from 'node:fs';
import { metricTable } from '@ferry/controller/metrics';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Stage } from './world.ts';

const folder = new URL('../../docs/observe/', import.meta.url);

/** An expression of a file that is shipped, and where it stands there. */
interface Shipped {
  readonly where: string;
  readonly expr: string;
}

/** A metric that an expression asks for, with the labels that it names there. */
interface Asked {
  readonly name: string;
  readonly labels: readonly string[];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const rules = parse(readFileSync(new URL('alerts.yaml', folder), 'utf8')) as Rules;
const dashboard = JSON.parse(readFileSync(new URL('grafana-dashboard.json', folder), 'utf8')) as Dashboard;
const alerts: Shipped[] = rules.groups.flatMap((group) =>
  group.rules.map(({ alert, expr }) => ({ where: alert, expr })),
);
const panels: Shipped[] = dashboard.panels.flatMap(({ title, targets = [] }) =>
  // Grafana puts a time there before Prometheus sees it.
  targets.map(({ expr }) => ({ where: title, expr: expr.replaceAll('$__rate_interval', '5m') })),
);

/** Reads an expression by Prometheus' own grammar; throws where it is none. */
function read({ where, expr }: Shipped): { asked: Asked[]; grouped: string[] } {
  const asked: Asked[] = [];
  const grouped: string[] = [];
  const text = (node: { from: number; to: number }): string => expr.slice(node.from, node.to);
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.type.isError) throw new Error(`${where}: no PromQL at ${node.from}: ${expr}`);
      if (node.name === 'VectorSelector') {
        const name = node.getChild('Identifier');
        const labels: string[] = [];
        node
          .getChild('LabelMatchers')
          ?.cursor()
          .iterate((inner) => {
            if (inner.name === 'LabelName') labels.push(text(inner));
          });
        asked.push({ name: name === null ? '' : text(name), labels });
      }
      if (node.name === 'GroupingLabels')
        node.cursor().iterate((inner) => {
          if (inner.name === 'LabelName') grouped.push(text(inner));
        });
    },
  });
  return { asked, grouped };
}

/** Labels that Prometheus itself puts to each series, and those of a histogram's buckets. */
const always = ['instance', 'job', 'le'];

function labelsOf(name: string): readonly string[] | null {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  const known = Object.entries(metricTable).find(([one]) => one === name || one === base);
  return known === undefined ? null : known[1].labels;
}

let told = '';
beforeAll(async () => {
  await using stage = await Stage.open(
    {},
    { listen: { host: '127.0.0.1', port: 0 }, metricsListen: { host: '127.0.0.1', port: 0 } },
  );
  // A move, so that what is told of moves has samples.
  await stage.guest({ name: 'web', directory: '/shared' });
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.over(id);
  await stage.quiet();
  told = await (await fetch(`${stage.metricsUrl}/metrics`)).text();
});
afterAll(() => {
  told = '';
});

/** What is wrong with an expression: metrics and labels that there are not. */
function wrongIn(shipped: Shipped): string[] {
  const { asked, grouped } = read(shipped);
  const labels = new Set<string>(always);
  const wrong = asked.flatMap(({ name, labels: named }): string[] => {
    if (name === 'up') return [];
    const base = name.replace(/_(?:bucket|sum|count)$/, '');
    const isTold = told.includes(`# TYPE ${name} `) || told.includes(`# TYPE ${base} histogram`);
    const known = name.startsWith('ferry_') ? labelsOf(name) : [];
    if (!isTold || known === null) return [`there is no metric ${name}`];
    for (const label of known) labels.add(label);
    return named
      .filter((label) => !known.includes(label) && !always.includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
  const unknown = grouped
    .filter((label) => !labels.has(label))
    .map((label) => `nothing has a label ${label}`);
  return [...(asked.length === 0 ? ['it asks for nothing'] : []), ...wrong, ...unknown];
}

test.each([...alerts, ...panels])('$where asks for metrics and labels that there are: $expr', (shipped) => {
  expect(wrongIn(shipped)).toEqual([]);
});

test('a metric that there is not, and what is no PromQL, would be found', () => {
  expect(read({ where: 'x', expr: 'sum by (a) (rate(b{c="d"}[5m]))' })).toEqual({
    asked: [{ name: 'b', labels: ['c'] }],
    grouped: ['a'],
  });
  expect(() => read({ where: 'x', expr: 'sum by (a (b)' })).toThrow('no PromQL');
  const expr = 'sum by (colour) (ferry_nothing) + ferry_host_up{vm="web"}';
  expect(wrongIn({ where: 'x', expr })).toEqual([
    'there is no metric ferry_nothing',
    'ferry_host_up has no label vm',
    'nothing has a label colour',
  ]);
});

test('each alert says how bad it is and what is the matter, and each name is there once', () => {
  const all = rules.groups.flatMap((group) => group.rules) as unknown as {
    alert: string;
    labels: { severity: string };
    annotations: { summary: string };
  }[];
  const incomplete = all.filter(
    ({ labels, annotations }) =>
      !['critical', 'warning', 'info'].includes(labels.severity) || annotations.summary === '',
  );
  expect(incomplete).toEqual([]);
  expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
});

test('the legends of the dashboard name labels that their series have', () => {
  const missing = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ expr, legendFormat }) => {
      const { asked, grouped } = read({ where: title, expr: expr.replaceAll('$__rate_interval', '5m') });
      const own = asked.flatMap(({ name }) => [...(labelsOf(name) ?? []), ...always]);
      const has = /\bby \(/.test(expr) ? grouped : own;
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      return named.filter((label) => !has.includes(label)).map((label) => `${title}: ${label}`);
    }),
  );
  expect(missing).toEqual([]);
});
