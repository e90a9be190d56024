import type { WebhookDeliveryBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import { fullTime, time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Notice, Panel } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { Kinds, Outcome, useWebhookNoun, WebhookState } from './webhook-noun.tsx';

/** Attempts have no events. */
const lookMs = 3_000;

/** One webhook with what was sent last, and what came of it. */
export function WebhookPage({ id }: { readonly id: string }): ReactNode {
  const { say, language } = useText();
  const [, go] = useLocation();
  const noun = useWebhookNoun(() => go('/settings?view=webhooks'));
  const { data: webhook, error } = useQuery({
    queryKey: ['webhooks', id],
    queryFn: () => ferry.webhook(id),
    retry: false,
    refetchInterval: ({ state }) => (state.error === null ? lookMs : false),
  });
  if (webhook === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  return (
    <DetailPage
      title={webhook.name}
      above={{ path: '/settings?view=webhooks', label: noun.label }}
      beside={<WebhookState webhook={webhook} />}
      acts={noun.actsOf?.(webhook) ?? []}
      facts={[
        [say('webhook.url'), <code>{webhook.url}</code>],
        [say('webhook.kinds'), <Kinds kinds={webhook.kinds} />],
        [say('webhook.madeBy'), webhook.createdBy],
        [say('images.created'), fullTime(webhook.createdAt, language)],
        [say('id'), <CopyId id={webhook.id} label={say('copy')} />],
      ]}
    >
      {webhook.reason === null ? null : (
        <Notice tone="bad" title={say('webhook.failing', { count: webhook.failures })}>
          {webhook.reason}
        </Notice>
      )}
      <Panel title={say('webhook.deliveries')}>
        {webhook.deliveries.length === 0 ? (
          <Empty>{say('webhook.noDeliveries')}</Empty>
        ) : (
          <Table<WebhookDeliveryBody>
            inset
            label={say('webhook.deliveries')}
            rows={webhook.deliveries}
            keyOf={({ at, event, attempt }) => `${at} ${event} ${attempt}`}
            columns={[
              {
                head: say('activity.when'),
                cell: ({ at }) => <When iso={at} short={time(at, language)} full={fullTime(at, language)} />,
              },
              { head: say('webhook.event'), cell: ({ kind }) => <code>{kind}</code> },
              {
                head: say('webhook.number'),
                isNumber: true,
                cell: ({ event }) => (event === 0 ? '–' : event),
              },
              { head: say('webhook.attempt'), isNumber: true, cell: ({ attempt }) => attempt },
              { head: say('activity.result'), cell: (delivery) => <Outcome delivery={delivery} /> },
            ]}
          />
        )}
      </Panel>
    </DetailPage>
  );
}
