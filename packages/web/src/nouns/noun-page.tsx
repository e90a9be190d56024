import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useAct } from '../acts/use-act.tsx';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { SearchField } from '../ui/field.tsx';
import { Page, Panel } from '../ui/page.tsx';
import type { Noun } from './noun.ts';
import { NounTable } from './noun-table.tsx';

interface NounProps<Row> {
  readonly noun: Noun<Row>;
  readonly found: Pick<UseQueryResult<readonly Row[]>, 'data' | 'error'>;
}

/** A page of all things of a kind: searched, made, and what can be done with each. */
export function NounPage<Row>({
  noun,
  found,
  views,
}: NounProps<Row> & {
  /** What else there is to see at this address. */
  readonly views?: ReactNode;
}): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const [word, setWord] = useState('');
  const { creates = [] } = noun;
  return (
    <Page
      fills
      title={noun.label}
      actions={
        <>
          <SearchField
            label={say('fleet.search')}
            value={word}
            onChange={({ target }) => setWord(target.value)}
          />
          {views}
          {creates.map((create, index) => (
            <Button key={create.title} look={index === 0 ? 'primary' : 'plain'} onClick={() => ask(create)}>
              {create.title}
            </Button>
          ))}
        </>
      }
    >
      <NounTable noun={noun} found={found} word={word} onAsk={ask} />
      {dialog}
    </Page>
  );
}

/** The same as a part of a page. */
export function NounPanel<Row>({ noun, found }: NounProps<Row>): ReactNode {
  const { ask, dialog } = useAct();
  const { creates = [] } = noun;
  return (
    <Panel
      title={noun.label}
      beside={
        creates.length === 0 ? undefined : (
          <span>
            {creates.map((create) => (
              <Button key={create.title} look="quiet" onClick={() => ask(create)}>
                {create.title}
              </Button>
            ))}
          </span>
        )
      }
    >
      <NounTable inset noun={noun} found={found} onAsk={ask} />
      {dialog}
    </Panel>
  );
}
