import { imageVisibilities } from '@ferry/model';

const text = { type: 'string' } as const;
const textOrNull = { type: ['null', 'string'] } as const;
const told = { readOnly: true, description: '(READ-ONLY)' } as const;

/** The description of an image that clients ask for before they show or change one: JSON schema, as Glance has it. */
export const imageSchema = {
  name: 'image',
  properties: {
    id: { ...text, description: 'An identifier for the image', pattern: '^[0-9a-fA-F-]{36}$' },
    name: { ...textOrNull, description: 'Descriptive name for the image', maxLength: 255 },
    status: { ...text, ...told, enum: ['queued', 'saving', 'active'] },
    visibility: { ...text, description: 'Scope of image accessibility', enum: imageVisibilities },
    protected: { type: 'boolean', description: 'If true, image will not be deletable.' },
    os_hidden: { type: 'boolean', description: 'If true, image will not appear in default lists' },
    owner: { ...textOrNull, description: 'Owner of the image', maxLength: 255 },
    tags: { type: 'array', items: { type: 'string', maxLength: 255 }, description: 'List of strings' },
    disk_format: { ...textOrNull, description: 'Format of the disk' },
    container_format: { ...textOrNull, description: 'Format of the container' },
    min_disk: { type: 'integer', description: 'GiB of disk that the image needs' },
    min_ram: { type: 'integer', description: 'MiB of memory that the image needs' },
    size: { type: ['null', 'integer'], ...told },
    virtual_size: { type: ['null', 'integer'], ...told },
    checksum: { ...textOrNull, ...told },
    os_hash_algo: { ...textOrNull, ...told },
    os_hash_value: { ...textOrNull, ...told },
    created_at: { ...text, ...told },
    updated_at: { ...text, ...told },
    self: { ...text, ...told },
    file: { ...text, ...told },
    schema: { ...text, ...told },
  },
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
} as const;

/** The same of a list of images. */
export const imagesSchema = {
  name: 'images',
  properties: {
    images: { type: 'array', items: imageSchema },
    first: { type: 'string' },
    next: { type: 'string' },
    schema: { type: 'string' },
  },
  links: [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
    { rel: 'describedby', href: '{schema}' },
  ],
} as const;
