import { styleText } from 'node:util';
import type { FixResultBody } from '@ferry/api';
import { commandLines } from './doctor-views.ts';

type FixedHost = FixResultBody['hosts'][number];
type Fix = FixedHost['fixes'][number];

/** What would be done on each host, and what is left to a person. */
export function formatFixes({ hosts, left }: FixResultBody): string {
  const blocks = hosts.map((one) => {
    const lines = [
      ...one.fixes.map((fix) => `${placeOf(fix)}: ${fix.what}`),
      ...(one.problem === null ? [] : [`NOT POSSIBLE: ${one.problem}`]),
      ...one.lines.map((line) => `  ${line}`),
    ];
    return [
      styleText('bold', `on ${one.host}`, { stream: process.stdout }),
      ...lines.map((line) => `  ${line}`),
    ].join('\n');
  });
  const nothing = hosts.length === 0 ? ['nothing that is found can be mended over a shell'] : [];
  return [...nothing, ...blocks, ...formatLeft(left)].join('\n\n');
}

/** What became of it. */
export function formatFixed({ hosts, left }: FixResultBody): string {
  const blocks = hosts.map((one) => {
    const lines = [
      ...(one.problem === null ? [] : [`NOT DONE: ${one.problem}`]),
      ...one.fixes.map((fix) =>
        fix.state === 'fixed' ? `fixed: ${placeOf(fix)}` : `NOT FIXED: ${placeOf(fix)}: ${fix.now ?? ''}`,
      ),
      ...(one.backup === null ? [] : [`what was changed is kept in ${one.backup} there`]),
    ];
    return [one.host, ...lines.map((line) => `  ${line}`)].join('\n');
  });
  return [...blocks, ...formatLeft(left)].join('\n\n');
}

function formatLeft(left: FixResultBody['left']): string[] {
  if (left.length === 0) return [];
  const lines = left.flatMap(({ finding, why }) => [
    `  ${finding.host}${finding.peer === null ? '' : ` -> ${finding.peer}`}: ${finding.message} (${finding.code})`,
    `         -> ${why}`,
    ...commandLines(finding),
  ]);
  return [['left to you:', ...lines].join('\n')];
}

function placeOf({ code, finding: { host, peer } }: Fix): string {
  return peer === null ? code : `${code} (${host} -> ${peer})`;
}
