import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { type Keypair, resources } from '../../api/resources.ts';
import { Commands } from '../../doctor/doctor-findings.tsx';
import { useText } from '../../i18n/text.tsx';
import { type Noun, NounPage } from '../../nouns/noun-page.tsx';

/** One's own keys, which instances let in. */
export function useKeypairNoun(onDeleted?: () => void): Noun<Keypair> {
  const { say } = useText();
  const changes = [['keypairs']];
  return {
    label: say('keypairs.title'),
    none: say('keypairs.none'),
    keyOf: ({ name }) => name,
    nameOf: ({ name }) => name,
    columns: [
      {
        head: say('column.name'),
        cell: ({ name }) => <Link href={`/keypairs/${encodeURIComponent(name)}`}>{name}</Link>,
      },
      { head: say('keypairs.fingerprint'), cell: ({ fingerprint }) => <code>{fingerprint}</code> },
      {
        head: say('keypairs.public'),
        cell: ({ public_key: key }) => <code title={key}>{key}</code>,
      },
    ],
    creates: [
      {
        title: say('keypairs.create'),
        act: say('keypairs.createAct'),
        fields: [
          { name: 'name', kind: 'text', label: say('column.name') },
          {
            name: 'key',
            kind: 'lines',
            label: say('keypairs.public'),
            hint: say('keypairs.publicHint'),
            isOptional: true,
          },
        ],
        run: ({ values: { name, key } }) =>
          resources.addKeypair({ name, ...(key === '' ? {} : { public_key: key }) }),
        changes,
        result: (answer) => <Made keypair={answer as Keypair} />,
      },
    ],
    actsOf: ({ name }) => [
      {
        asked: {
          title: `${say('keypairs.delete')}: ${name}`,
          text: say('keypairs.deleteAsks'),
          act: say('keypairs.delete'),
          isDangerous: true,
          run: () => resources.deleteKeypair(name),
          changes,
          onDone: () => onDeleted?.(),
        },
      },
    ],
  };
}

/** All key pairs of who is signed in. */
export function KeypairsPage(): ReactNode {
  const noun = useKeypairNoun();
  return <NounPage noun={noun} found={useQuery({ queryKey: ['keypairs'], queryFn: resources.keypairs })} />;
}

function Made({
  keypair: { name, fingerprint, private_key: key },
}: {
  readonly keypair: Keypair;
}): ReactNode {
  const { say } = useText();
  return (
    <>
      <p>{say('keypairs.made', { name, fingerprint })}</p>
      {key === undefined ? null : <Commands title={say('keypairs.privateOnce')} lines={[key]} />}
    </>
  );
}
