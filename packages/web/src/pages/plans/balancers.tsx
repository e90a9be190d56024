import type { BalancerBody, SetBalancerBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Asked, Filled } from '../../acts/asked.ts';
import { ferry } from '../../api/ferry.ts';
import { useMay } from '../../api/queries.ts';
import { duration, fullTime, time } from '../../i18n/format.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPage } from '../../nouns/noun-page.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';

const minute = 60_000;
const queryKey = ['balancers'];
/** They have no events: what came of a look is looked at again. */
const lookMs = 5_000;

/** As they are typed. */
function minutes(ms: number): string {
  return String(ms / minute);
}

const modes = {
  off: { word: 'balancers.off', asks: 'balancers.offAsks', tone: 'still' },
  propose: { word: 'balancers.propose', asks: 'balancers.proposeAsks', tone: 'good' },
  act: { word: 'balancers.act', asks: 'balancers.actAsks', tone: 'moving' },
} as const satisfies Record<
  BalancerBody['mode'],
  { readonly word: MessageKey; readonly asks: MessageKey; readonly tone: Tone }
>;
type Mode = keyof typeof modes;
const modeNames = Object.keys(modes) as Mode[];

/** What evens out loads by itself: how it is set, and what came of its last look. */
export function Balancers({ views }: { readonly views: ReactNode }): ReactNode {
  const { say, language } = useText();
  const maySet = useMay('operator');
  const found = useQuery({ queryKey, queryFn: ferry.balancers, refetchInterval: lookMs });
  const set = useSetBalancer();
  const at = (iso: string): ReactNode => (
    <When iso={iso} short={time(iso, language)} full={fullTime(iso, language)} />
  );
  return (
    <NounPage<BalancerBody>
      found={found}
      views={views}
      noun={{
        label: say('balancers.title'),
        none: say('balancers.none'),
        keyOf: ({ name }) => name,
        nameOf: ({ name }) => name,
        columns: [
          { head: say('column.name'), cell: ({ name }) => name },
          {
            head: say('balancers.mode'),
            cell: ({ mode }) => <State tone={modes[mode].tone}>{say(modes[mode].word)}</State>,
          },
          {
            head: say('balancers.groups'),
            cell: ({ groups }) => (groups.length === 0 ? say('balancers.everyOne') : groups.join(', ')),
          },
          { head: say('balancers.every'), isNumber: true, cell: ({ everyMs }) => duration(everyMs) },
          { head: say('balancers.due'), cell: ({ dueAt }) => (dueAt === null ? '' : at(dueAt)) },
          { head: say('balancers.last'), cell: ({ last }) => (last === null ? '' : at(last.at)) },
          {
            head: say('plans.reason'),
            cell: ({ last }) =>
              last === null || last.planId === null ? (
                (last?.because ?? '')
              ) : (
                <Link href={`/plans/${last.planId}`}>{last.because}</Link>
              ),
          },
        ],
        creates: maySet ? [set.form(null)] : [],
        actsOf: (balancer) =>
          maySet
            ? [
                ...modeNames
                  .filter((mode) => mode !== balancer.mode)
                  .map((mode) => ({ asked: set.mode(balancer, mode) })),
                { asked: set.form(balancer), label: say('balancers.set') },
                { asked: set.remove(balancer) },
              ]
            : [],
      }}
    />
  );
}

/** What is asked for of a balancer. */
function useSetBalancer(): {
  readonly form: (balancer: BalancerBody | null) => Asked;
  readonly mode: (balancer: BalancerBody, mode: Mode) => Asked;
  readonly remove: (balancer: BalancerBody) => Asked;
} {
  const { say } = useText();
  const changes = [queryKey, ['plans']];
  return {
    form: (balancer) => ({
      title: balancer === null ? say('balancers.create') : `${say('balancers.set')}: ${balancer.name}`,
      act: say('balancers.save'),
      fields: [
        ...(balancer === null ? [{ name: 'name', kind: 'text', label: say('column.name') } as const] : []),
        {
          name: 'mode',
          kind: 'choice',
          label: say('balancers.mode'),
          options: modeNames.map((value) => ({ value, label: say(modes[value].word) })),
          initial: balancer?.mode ?? 'propose',
        },
        {
          name: 'groups',
          kind: 'text',
          label: say('balancers.groups'),
          hint: say('balancers.groupsHint'),
          initial: balancer?.groups.join(', ') ?? '',
          isOptional: true,
        },
        {
          name: 'every',
          kind: 'number',
          label: say('balancers.every'),
          initial: minutes(balancer?.everyMs ?? 5 * minute),
        },
        {
          name: 'cooldown',
          kind: 'number',
          label: say('balancers.cooldown'),
          hint: say('balancers.cooldownHint'),
          initial: minutes(balancer?.cooldownMs ?? 30 * minute),
        },
        {
          name: 'only',
          kind: 'flag',
          label: say('balancers.only'),
          initial: balancer?.onContentionOnly === true ? 'true' : '',
        },
      ],
      run: (filled) => ferry.setBalancer(balancer?.name ?? filled.values['name'] ?? '', bodyOf(filled)),
      changes,
    }),
    mode: ({ name }, mode) => ({
      title: `${say(modes[mode].word)}: ${name}`,
      text: say(modes[mode].asks, { name }),
      act: say(modes[mode].word),
      run: () => ferry.setBalancer(name, { mode }),
      changes,
    }),
    remove: ({ name }) => ({
      title: `${say('balancers.delete')}: ${name}`,
      text: say('balancers.deleteAsks'),
      act: say('balancers.delete'),
      isDangerous: true,
      run: () => ferry.deleteBalancer(name),
      changes,
    }),
  };
}

function bodyOf({ values: { mode, groups = '', every, cooldown, only } }: Filled): SetBalancerBody {
  return {
    mode: modeNames.find((one) => one === mode) ?? 'propose',
    groups: groups.split(/\s*,\s*/).filter((group) => group !== ''),
    everyMs: Math.round(Number(every) * minute),
    cooldownMs: Math.round(Number(cooldown) * minute),
    onContentionOnly: only === 'true',
  };
}
