import type { ChangedSecurityGroupBody, NewSecurityGroupRuleBody, SecurityGroupRuleBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Asked, Filled } from '../../acts/asked.ts';
import { useMay } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { NounPanel } from '../../nouns/noun-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty } from '../../ui/page.tsx';
import { useSecurityGroupNoun } from '../resources/security-groups-page.tsx';

const protocols = ['tcp', 'udp', 'icmp', 'any'] as const;
const choices = (words: readonly string[]) => words.map((value) => ({ value, label: value }));

/** One security group and its rules; a change is on all hosts of its instances, or says which wait. */
export function SecurityGroupPage({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const noun = useSecurityGroupNoun(() => go('/security-groups'));
  const mayChange = useMay('operator');
  const { data: group, error } = useQuery({
    queryKey: ['security-groups', id],
    queryFn: () => resources.group(id),
    retry: false,
  });
  if (group === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const changes = [['security-groups']];
  const add: Asked = {
    title: say('groups.addRule'),
    act: say('groups.addAct'),
    fields: [
      {
        name: 'direction',
        kind: 'choice',
        label: say('groups.direction'),
        options: choices(['ingress', 'egress']),
        initial: 'ingress',
      },
      {
        name: 'ethertype',
        kind: 'choice',
        label: say('groups.ethertype'),
        options: choices(['IPv4', 'IPv6']),
        initial: 'IPv4',
      },
      {
        name: 'protocol',
        kind: 'choice',
        label: say('groups.protocol'),
        options: choices(protocols),
        initial: 'tcp',
      },
      {
        name: 'ports',
        kind: 'text',
        label: say('groups.ports'),
        hint: say('groups.portsHint'),
        isOptional: true,
      },
      {
        name: 'remote',
        kind: 'text',
        label: say('groups.remote'),
        hint: say('groups.remoteHint'),
        isOptional: true,
      },
    ],
    run: (filled) => resources.addRule(id, ruleOf(filled)),
    changes,
    result: (answer) => <Applied changed={answer as ChangedSecurityGroupBody} />,
  };
  return (
    <DetailPage
      title={group.name}
      above={{ path: '/security-groups', label: noun.label }}
      acts={noun.actsOf?.(group) ?? []}
      facts={[
        [say('groups.rules'), group.rules.length],
        group.description === '' ? null : [say('credential.description'), group.description],
        [say('id'), <CopyId id={group.id} label={say('copy')} />],
      ]}
    >
      <NounPanel<SecurityGroupRuleBody>
        found={{ data: group.rules, error: null }}
        noun={{
          label: say('groups.rules'),
          none: say('groups.noRules'),
          keyOf: (rule) => rule.id,
          nameOf: (rule) => `${rule.direction} ${rule.protocol} ${portsOf(rule)}`,
          columns: [
            { head: say('groups.direction'), cell: ({ direction }) => direction },
            { head: say('groups.ethertype'), cell: ({ ethertype }) => ethertype },
            { head: say('groups.protocol'), cell: ({ protocol }) => protocol },
            { head: say('groups.ports'), cell: (rule) => <code>{portsOf(rule)}</code> },
            {
              head: say('groups.remote'),
              cell: ({ remoteCidr }) => <code>{remoteCidr ?? say('groups.anywhere')}</code>,
            },
          ],
          creates: mayChange ? [add] : [],
          actsOf: (rule) =>
            mayChange
              ? [
                  {
                    asked: {
                      title: say('groups.deleteRule'),
                      text: say('groups.deleteRuleAsks'),
                      act: say('groups.deleteRule'),
                      isDangerous: true,
                      run: () => resources.deleteRule(id, rule.id),
                      changes,
                      result: (answer) => <Applied changed={answer as ChangedSecurityGroupBody} />,
                    },
                  },
                ]
              : [],
        }}
      />
    </DetailPage>
  );
}

/** On which hosts a change holds by now. */
function Applied({ changed: { applied } }: { readonly changed: ChangedSecurityGroupBody }): ReactNode {
  const { say } = useText();
  const waiting = applied.filter(({ state }) => state === 'waiting');
  return (
    <>
      <p>{say('groups.applied', { done: applied.length - waiting.length, all: applied.length })}</p>
      {waiting.map(({ host, reason }) => (
        <p key={host}>
          {host}: {reason}
        </p>
      ))}
    </>
  );
}

function portsOf({ portMin, portMax }: SecurityGroupRuleBody): string {
  if (portMin === null) return '–';
  return portMax === null || portMax === portMin ? String(portMin) : `${portMin}–${portMax}`;
}

function ruleOf({ values }: Filled): NewSecurityGroupRuleBody {
  const { direction, ethertype, ports = '', remote = '' } = values;
  const [from, to = from] = ports.split(/\s*[-–]\s*/).filter((one) => one !== '');
  return {
    direction: direction === 'egress' ? 'egress' : 'ingress',
    ethertype: ethertype === 'IPv6' ? 'IPv6' : 'IPv4',
    protocol: protocols.find((one) => one === values['protocol']) ?? 'any',
    ...(from === undefined ? {} : { portMin: Number(from), portMax: Number(to) }),
    ...(remote === '' ? {} : { remoteCidr: remote }),
  };
}
