import type { InstanceBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import { useInstance, useMigrations, useSession } from '../../api/queries.ts';
import { bytes, duration, rate } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { instanceTone, useWords } from '../../i18n/words.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Columns, Empty, Facts, Notice, Page, Panel } from '../../ui/page.tsx';
import { State, Tag } from '../../ui/state.tsx';
import { MigrationTable } from '../migrations/migrations-page.tsx';
import { Devices } from './devices.tsx';
import { ForecastOfInstance } from './forecast.tsx';
import { InstanceActions } from './instance-actions.tsx';
import { InstanceGroups } from './instance-groups.tsx';
import style from './instance-page.module.css';
import policyStyle from './policy.module.css';
import { Screen } from './screen.tsx';

/** What holds for its moves: each value, and who said it. Those that nobody said anything of are folded away. */
export function Policy({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const { data } = useQuery({ queryKey: ['policy', id], queryFn: () => ferry.policy(id) });
  if (data === undefined) return null;
  const values = Object.entries(data.values);
  const said = values.filter(([, { from }]) => !/built|default of ferry/i.test(from));
  const rest = values.filter((one) => !said.includes(one));
  return (
    <Panel title={say('policy.title')}>
      {data.problems.map((problem) => (
        <Notice key={problem} tone="bad">
          {problem}
        </Notice>
      ))}
      {said.length === 0 ? (
        <p className={policyStyle['none']}>{say('policy.none')}</p>
      ) : (
        <Values values={said} />
      )}
      <details className={policyStyle['rest']}>
        <summary>{say('policy.builtIn', { count: rest.length })}</summary>
        <Values values={rest} />
      </details>
    </Panel>
  );
}

function Values({
  values,
}: {
  readonly values: readonly [string, { readonly value: unknown; readonly from: string }][];
}): ReactNode {
  return (
    <dl className={policyStyle['values']}>
      {values.map(([name, { value, from }]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {valueShown(name, value)}
            <span>{from}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function valueShown(name: string, value: unknown): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (name.endsWith('Ms')) return duration(value);
  if (name.endsWith('BytesPerSecond')) return rate(value);
  return name.endsWith('Percent') ? `${value} %` : String(value);
}

/** Migrations of its own that are shown. */
const shown = '50';

/** One instance: what it is, where it is, what its screen shows, how it moved, and what can be done with it. */
export function InstancePage({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const words = useWords();
  const isReader = useSession().data?.user?.role === 'reader';
  const { data: instance, error } = useInstance(id);
  if (instance === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  return (
    <Page
      title={instance.name}
      above={<Link href="/fleet">{say('fleet.title')}</Link>}
      beside={
        <>
          <State tone={instanceTone(instance)}>{words.instanceState(instance)}</State>
          <Tag>{instance.host}</Tag>
          {instance.migrationId === null ? null : (
            <Link href={`/migrations/${instance.migrationId}`} className={style['link']}>
              {say('instance.migration')}
            </Link>
          )}
        </>
      }
      actions={isReader ? undefined : <InstanceActions instance={instance} />}
    >
      {instance.fault === null ? null : (
        <Notice tone="bad" title={instance.fault.message}>
          {instance.fault.remedy}
        </Notice>
      )}
      <Columns
        main={
          <>
            {isReader ? null : <Screen instance={instance} />}
            {isReader ? null : <Devices id={instance.id} />}
            <History instance={instance} />
          </>
        }
        side={
          <>
            <Panel title={say('instance.facts')}>
              <Facts
                facts={[
                  [say('column.host'), instance.host],
                  [say('instance.power'), <code>{instance.powerState}</code>],
                  [say('instance.vmState'), <code>{instance.vmState}</code>],
                  instance.taskState === null
                    ? null
                    : [say('instance.task'), <code>{instance.taskState}</code>],
                  [say('column.memory'), bytes(instance.memoryBytes)],
                  [say('column.vcpus'), instance.vcpus],
                  [say('instance.generation'), instance.generation],
                  [say('id'), <CopyId id={instance.id} label={say('copy')} />],
                ]}
              />
            </Panel>
            <InstanceGroups id={instance.id} />
            <ForecastOfInstance instance={instance} />
            <Policy id={instance.id} />
          </>
        }
      />
    </Page>
  );
}

function History({ instance }: { readonly instance: InstanceBody }): ReactNode {
  const { say } = useText();
  const found = useMigrations({ instance: instance.id, limit: shown }).data ?? [];
  return (
    <Panel title={say('instance.history')}>
      {found.length === 0 ? (
        <Empty>{say('instance.neverMoved')}</Empty>
      ) : (
        <div className={style['history']}>
          <MigrationTable migrations={found} withInstance={false} />
        </div>
      )}
    </Panel>
  );
}
