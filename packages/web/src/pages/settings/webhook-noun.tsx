import type { NewWebhookBody, WebhookBody, WebhookDeliveryBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Asked, Filled } from '../../acts/asked.ts';
import { ferry } from '../../api/ferry.ts';
import { eventKinds } from '../../api/live.ts';
import { duration } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import type { Noun } from '../../nouns/noun-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Facts } from '../../ui/page.tsx';
import { State, Tags } from '../../ui/state.tsx';

const changes = [['webhooks']];

/** What is told whatever happens, now and in later versions. */
const everything = '*';
const secretBytes = 32;

interface Made {
  readonly webhook: WebhookBody;
  /** Null: whoever made it gave it, and has it. */
  readonly secret: string | null;
}

/** Addresses that are told what happens. Administrators' alone, as all that is asked here. */
export function useWebhookNoun(onDeleted?: () => void): Noun<WebhookBody> {
  const { say } = useText();
  return {
    label: say('webhook.title'),
    none: say('webhook.none'),
    keyOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    columns: [
      {
        head: say('column.name'),
        cell: ({ id, name }) => <Link href={`/settings/webhooks/${id}`}>{name}</Link>,
      },
      { head: say('column.state'), cell: (webhook) => <WebhookState webhook={webhook} /> },
      { head: say('webhook.url'), cell: ({ url }) => <code title={url}>{url}</code> },
      { head: say('webhook.kinds'), cell: ({ kinds }) => <Kinds kinds={kinds} /> },
    ],
    creates: [useCreate()],
    actsOf: ({ id, name }) => [
      {
        asked: {
          title: `${say('webhook.test')}: ${name}`,
          text: say('webhook.testAsks'),
          act: say('webhook.test'),
          run: () => ferry.testWebhook(id),
          changes,
          result: (answer) => <Outcome delivery={answer as WebhookDeliveryBody} />,
        },
      },
      {
        asked: {
          title: `${say('webhook.delete')}: ${name}`,
          text: say('webhook.deleteAsks', { name }),
          act: say('webhook.delete'),
          isDangerous: true,
          run: () => ferry.deleteWebhook(id),
          changes,
          onDone: () => onDeleted?.(),
        },
      },
    ],
  };
}

/** What it is told of. */
export function Kinds({ kinds }: { readonly kinds: readonly string[] }): ReactNode {
  const { say } = useText();
  return <Tags words={kinds.map((kind) => (kind === everything ? say('webhook.everything') : kind))} />;
}

/** Whether what happens gets there; why not stands on its page. */
export function WebhookState({
  webhook: { failures, reason },
}: {
  readonly webhook: WebhookBody;
}): ReactNode {
  const { say } = useText();
  return (
    <span title={reason ?? undefined}>
      <State tone={failures === 0 ? 'good' : 'bad'}>
        {failures === 0 ? say('webhook.well') : say('webhook.failing', { count: failures })}
      </State>
    </span>
  );
}

const outcomes = {
  delivered: { tone: 'good', word: 'webhook.delivered' },
  failed: { tone: 'warn', word: 'webhook.failed' },
  'given-up': { tone: 'bad', word: 'webhook.givenUp' },
} as const;

/** What came of an attempt, with the status and the time that it took. */
export function Outcome({
  delivery: { outcome, status, durationMs, reason },
}: {
  readonly delivery: WebhookDeliveryBody;
}): ReactNode {
  const { say } = useText();
  const { tone, word } = outcomes[outcome];
  return (
    <State tone={tone}>
      {[
        say(word),
        status === null ? null : `HTTP ${status}`,
        duration(durationMs),
        outcome === 'delivered' ? null : reason,
      ]
        .filter((part) => part !== null)
        .join(' · ')}
    </State>
  );
}

function useCreate(): Asked {
  const { say } = useText();
  return {
    title: say('webhook.create'),
    text: say('webhook.createAsks'),
    act: say('webhook.createAct'),
    fields: [
      { name: 'name', kind: 'text', label: say('column.name') },
      { name: 'url', kind: 'text', label: say('webhook.url'), hint: say('webhook.urlHint') },
      {
        name: 'kinds',
        kind: 'several',
        label: say('webhook.kinds'),
        hint: say('webhook.kindsHint'),
        options: [
          ...eventKinds.map((kind) => ({ value: kind, label: kind })),
          { value: everything, label: say('webhook.everything') },
        ],
        initial: 'migration.updated',
      },
      {
        name: 'secret',
        kind: 'password',
        label: say('webhook.secret'),
        hint: say('webhook.secretHint'),
        autoComplete: 'new-password',
        isOptional: true,
      },
    ],
    run: async (filled): Promise<Made> => {
      const given = filled.values['secret'] ?? '';
      const secret = given === '' ? newSecret() : given;
      const webhook = await ferry.addWebhook(bodyOf(filled, secret));
      return { webhook, secret: given === '' ? secret : null };
    },
    changes,
    result: (answer) => <Told made={answer as Made} />,
  };
}

/** It is there, with what its messages are signed with where that was made here. */
function Told({ made: { webhook, secret } }: { readonly made: Made }): ReactNode {
  const { say } = useText();
  return (
    <>
      <p>{say('webhook.made', { name: webhook.name })}</p>
      {secret === null ? null : (
        <>
          <p>{say('webhook.secretOnce')}</p>
          <Facts facts={[[say('webhook.secret'), <CopyId id={secret} label={say('copy')} />]]} />
        </>
      )}
    </>
  );
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bodyOf({ values: { name = '', url = '', kinds = '' } }: Filled, secret: string): NewWebhookBody {
  const chosen = kinds.split('\n').filter((kind) => kind !== '');
  return { name, url, kinds: chosen.includes(everything) ? [everything] : chosen, secret };
}
