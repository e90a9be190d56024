import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { resources } from '../../api/resources.ts';
import { bytes, fullTime } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Facts, Panel } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { imageTone, useImageNoun } from '../resources/images-page.tsx';

/** What every image has: the rest are properties that its owner has set. */
const usual: ReadonlySet<string> = new Set(
  [
    'id name status visibility owner protected os_hidden tags disk_format container_format min_disk min_ram',
    'size virtual_size checksum os_hash_algo os_hash_value created_at updated_at self file schema',
  ].flatMap((names) => names.split(' ')),
);

/** One image of the library. */
export function ImagePage({ id }: { readonly id: string }): ReactNode {
  const { say, language } = useText();
  const [, go] = useLocation();
  const noun = useImageNoun(() => go('/images'));
  const { data: image, error } = useQuery({
    queryKey: ['images', id],
    queryFn: () => resources.image(id),
    retry: false,
  });
  if (image === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const properties = Object.entries(image).filter(([name]) => !usual.has(name));
  return (
    <DetailPage
      title={image.name ?? image.id}
      above={{ path: '/images', label: noun.label }}
      beside={<State tone={imageTone(image.status)}>{image.status}</State>}
      acts={noun.actsOf?.(image) ?? []}
      facts={[
        [say('devices.format'), image.disk_format],
        image.size === null ? null : [say('devices.size'), bytes(image.size)],
        image.virtual_size === null ? null : [say('images.virtual'), bytes(image.virtual_size)],
        [say('images.visibility'), image.visibility],
        [say('images.least'), `${image.min_disk} GiB · ${image.min_ram} MiB`],
        [say('images.created'), fullTime(image.created_at, language)],
        image.os_hash_value === null
          ? null
          : [say('images.digest'), <CopyId id={image.os_hash_value} label={say('copy')} />],
        [say('id'), <CopyId id={image.id} label={say('copy')} />],
      ]}
    >
      <Panel
        title={say('images.properties')}
        beside={
          image.size === null ? undefined : (
            <a href={resources.imageFile(image.id)} download>
              {say('images.download')}
            </a>
          )
        }
      >
        {properties.length === 0 ? (
          <Empty>{say('images.noProperties')}</Empty>
        ) : (
          <Facts facts={properties.map(([name, value]) => [name, <code>{String(value)}</code>] as const)} />
        )}
      </Panel>
    </DetailPage>
  );
}
