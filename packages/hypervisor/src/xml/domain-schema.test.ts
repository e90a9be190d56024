import { rowsFor } from '@ferry/model';
import { describe, expect, test } from 'vitest';
import { domainPlaces, type SchemaPlace, schemaFolders } from './domain-schema.test-support.ts';

// libvirt's schema is not part of this repository: `make protocol` fetches it and runs this.
const folders = schemaFolders();
test.runIf(folders.length === 0)(
  'the table of elements is held against libvirt (LIBVIRT_SCHEMAS)',
  ({ skip }) => {
    skip('no schema of libvirt is at hand');
    expect(folders).not.toEqual([]);
  },
);

describe.each(folders)('the schema of $name', ({ folder }) => {
  const places = domainPlaces(folder);

  test('is read whole', () => {
    const paths = places.map(({ names }) => names.join('/'));
    expect(paths).toContain('devices/disk/backingStore/source/encryption/secret/@uuid');
    expect(paths).toContain('devices/tpm/backend/device/@path');
    expect(paths).toContain('commandline/arg/@value');
    expect(paths.length).toBeGreaterThan(2_000);
  });

  test('has no element or attribute without a row of the table', () => {
    const without = places.filter((place) => !hasRow(place)).map(({ names }) => names.join('/'));
    expect(without).toEqual([]);
  });
});

/** A row that holds only beside something, or for some values, is not one for all that may stand there. */
function hasRow({ names }: SchemaPlace): boolean {
  return rowsFor(names).some(
    ({ pattern }) =>
      (pattern.values === null || pattern.segments.length < names.length) &&
      pattern.segments.every(({ conditions }) => conditions.length === 0),
  );
}
