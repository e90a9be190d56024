import type { PolicyBody, SetPolicyBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Asked, Filled } from '../../acts/asked.ts';
import { ferry } from '../../api/ferry.ts';
import { useMay } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPanel } from '../../nouns/noun-page.tsx';

type Values = SetPolicyBody['values'];

/** What a policy says, one value a line: `maxDowntimeMs=300`. */
export function linesOfValues(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value === null ? 'null' : String(value)}`)
    .join('\n');
}

/** The same read. What is no value of a policy is refused by the controller, with those that are. */
export function valuesOfLines(lines: string): Values {
  const read = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): [string, unknown] => {
      const [name = '', ...rest] = line.split('=');
      return [name.trim(), valueOf(rest.join('=').trim())];
    });
  return Object.fromEntries(read) as Values;
}

function valueOf(word: string): string | number | null {
  if (word === 'null') return null;
  return /^-?\d+$/.test(word) ? Number(word) : word;
}

const scopes = ['default', 'project', 'label', 'instance', 'by-name'] as const;

/** What live moves may do, for all, a project, a label or an instance. */
export function Policies(): ReactNode {
  const { say } = useText();
  const maySet = useMay('operator');
  const queryKey = ['policies'];
  const found = useQuery({ queryKey, queryFn: ferry.policies });
  const set = (policy: PolicyBody | null): Asked => ({
    title: policy === null ? say('policies.create') : `${say('policies.edit')}: ${policy.name}`,
    act: say('policies.create'),
    fields: [
      ...(policy === null ? [{ name: 'name', kind: 'text', label: say('column.name') } as const] : []),
      {
        name: 'scope',
        kind: 'choice',
        label: say('policies.scope'),
        options: scopes.map((value) => ({ value, label: value })),
        initial: policy?.scope ?? 'default',
      },
      {
        name: 'subject',
        kind: 'text',
        label: say('policies.subject'),
        hint: say('policies.subjectHint'),
        initial: policy?.subject ?? '',
        isOptional: true,
      },
      {
        name: 'description',
        kind: 'text',
        label: say('credential.description'),
        initial: policy?.description ?? '',
        isOptional: true,
      },
      {
        name: 'values',
        kind: 'lines',
        label: say('policies.values'),
        hint: say('policies.hint'),
        initial: linesOfValues(policy?.values ?? {}),
        isOptional: true,
      },
    ],
    run: (filled) => ferry.setPolicy(policy?.name ?? filled.values['name'] ?? '', bodyOf(filled)),
    changes: [queryKey, ['policy']],
  });
  return (
    <NounPanel<PolicyBody>
      found={found}
      noun={{
        label: say('policies.title'),
        none: say('policies.none'),
        keyOf: ({ name }) => name,
        nameOf: ({ name }) => name,
        columns: [
          { head: say('column.name'), cell: ({ name }) => name },
          {
            head: say('policies.scope'),
            cell: ({ scope, subject }) => (subject === null ? scope : `${scope} ${subject}`),
          },
          {
            head: say('policies.values'),
            cell: ({ values }) => <code>{linesOfValues(values).replaceAll('\n', '  ')}</code>,
          },
          { head: say('credential.description'), cell: ({ description }) => description ?? '' },
        ],
        creates: maySet ? [set(null)] : [],
        actsOf: (policy) =>
          maySet
            ? [
                { asked: set(policy), label: say('policies.edit') },
                {
                  asked: {
                    title: `${say('policies.delete')}: ${policy.name}`,
                    text: say('policies.deleteAsks', { name: policy.name }),
                    act: say('policies.delete'),
                    isDangerous: true,
                    run: () => ferry.deletePolicy(policy.name),
                    changes: [queryKey, ['policy']],
                  },
                },
              ]
            : [],
      }}
    />
  );
}

function bodyOf({ values: { scope, subject = '', description = '', values = '' } }: Filled): SetPolicyBody {
  return {
    scope: scopes.find((one) => one === scope) ?? 'default',
    subject: subject === '' ? null : subject,
    description: description === '' ? null : description,
    values: valuesOfLines(values),
  };
}
