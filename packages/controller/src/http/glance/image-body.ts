import type { LibraryImage } from '@ferry/model';

/** An image as the image API shows it: properties of its owner's stand among the fields. */
export function imageBody(image: LibraryImage): Record<string, unknown> {
  const { content } = image;
  return {
    ...image.properties,
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    owner: image.projectId,
    protected: image.isProtected,
    os_hidden: image.isHidden,
    tags: image.tags,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    min_disk: image.minDiskGib,
    min_ram: image.minMemoryMib,
    size: content?.lengthBytes ?? null,
    virtual_size: content?.virtualBytes ?? null,
    checksum: content?.md5 ?? null,
    os_hash_algo: content === null ? null : 'sha512',
    os_hash_value: content?.sha512 ?? null,
    created_at: timeOf(image.createdAt),
    updated_at: timeOf(image.updatedAt),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}

/** Glance's times are whole seconds: `2026-11-23T03:53:37Z`. */
function timeOf(time: string): string {
  return time.replace(/\.\d+/, '');
}
