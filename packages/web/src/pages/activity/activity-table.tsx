import type { AuditBody } from '@ferry/api';
import { Fragment, type ReactNode } from 'react';
import { Link } from 'wouter';
import { fullTime, time } from '../../i18n/format.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import style from './activity-table.module.css';

const results = {
  done: { tone: 'good', word: 'activity.done' },
  refused: { tone: 'warn', word: 'activity.refused' },
  failed: { tone: 'bad', word: 'activity.failed' },
} as const satisfies Record<AuditBody['result'], { readonly tone: Tone; readonly word: MessageKey }>;

/** What targets of these names have pages of their own. */
const pages = {
  host: '/hosts',
  instance: '/instances',
  migration: '/migrations',
  plan: '/plans',
} as const;

/** Records of the audit log. Who, what and to what lead to all that have the same. */
export function ActivityTable({ records }: { readonly records: readonly AuditBody[] }): ReactNode {
  const { say, language } = useText();
  return (
    <Table
      label={say('activity.title')}
      rows={records}
      keyOf={({ sequence }) => String(sequence)}
      columns={[
        {
          head: say('activity.when'),
          cell: ({ at }) => <When iso={at} short={time(at, language)} full={fullTime(at, language)} />,
        },
        {
          head: say('activity.user'),
          cell: ({ userName }) => (
            <Link href={`/activity?user=${encodeURIComponent(userName)}`}>{userName}</Link>
          ),
        },
        { head: say('activity.action'), cell: ({ action }) => <code>{action}</code> },
        { head: say('activity.target'), cell: ({ target }) => <Target target={target} /> },
        {
          head: say('activity.result'),
          cell: ({ result, status }) => (
            <State tone={results[result].tone}>
              {say(results[result].word)}
              {status === null ? '' : ` ${status}`}
            </State>
          ),
        },
        { head: say('activity.address'), cell: ({ address }) => <code>{address}</code> },
        { head: say('activity.request'), cell: ({ requestId }) => <code>{requestId}</code> },
      ]}
    />
  );
}

function Target({ target }: { readonly target: AuditBody['target'] }): ReactNode {
  return (
    <span
      className={style['target']}
      title={Object.entries(target)
        .map((one) => one.join(' '))
        .join('\n')}
    >
      {Object.entries(target).map(([name, value]) => {
        const page = Object.hasOwn(pages, name) ? pages[name as keyof typeof pages] : null;
        return (
          <Fragment key={name}>
            <span>{name}</span>
            <Link
              href={
                page === null
                  ? `/activity?target=${encodeURIComponent(value)}`
                  : `${page}/${encodeURIComponent(value)}`
              }
            >
              {value}
            </Link>
          </Fragment>
        );
      })}
    </span>
  );
}
