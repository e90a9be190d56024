import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { identity, type Project } from '../../api/identity.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPanel } from '../../nouns/noun-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { State } from '../../ui/state.tsx';

const changes = [['projects'], ['assignments']];

/** What instances and volumes belong to. */
export function Projects(): ReactNode {
  const { say } = useText();
  const found = useQuery({ queryKey: ['projects'], queryFn: identity.projects });
  return (
    <NounPanel<Project>
      found={found}
      noun={{
        label: say('project.title'),
        none: say('project.none'),
        keyOf: ({ id }) => id,
        nameOf: ({ name }) => name,
        columns: [
          { head: say('column.name'), cell: ({ name }) => name },
          {
            head: say('column.state'),
            cell: ({ enabled }) => (
              <State tone={enabled ? 'good' : 'still'}>
                {say(enabled ? 'state.enabled' : 'state.disabled')}
              </State>
            ),
          },
          { head: say('id'), cell: ({ id }) => <CopyId id={id} label={say('copy')} /> },
          { head: say('credential.description'), cell: ({ description }) => description ?? '' },
        ],
        creates: [
          {
            title: say('project.create'),
            act: say('project.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'description', kind: 'text', label: say('credential.description'), isOptional: true },
            ],
            run: ({ values: { name, description } }) => identity.addProject({ name, description }),
            changes,
          },
        ],
        actsOf: ({ id, name, enabled }) => [
          {
            asked: {
              title: `${say(enabled ? 'project.disable' : 'project.enable')}: ${name}`,
              text: say(enabled ? 'project.disableAsks' : 'project.enableAsks', { name }),
              act: say(enabled ? 'project.disable' : 'project.enable'),
              run: () => identity.changeProject(id, { enabled: !enabled }),
              changes,
            },
          },
          {
            asked: {
              title: `${say('project.delete')}: ${name}`,
              text: say('project.deleteAsks', { name }),
              act: say('project.delete'),
              isDangerous: true,
              run: () => identity.deleteProject(id),
              changes,
            },
          },
        ],
      }}
    />
  );
}
