import { expect, test } from 'vitest';
import { hashOfRecipe, recipeOf, releaseOfHosts } from './recipe.ts';

test('another list of packages, or another release, is another root', () => {
  const hash = hashOfRecipe('trixie', ['libvirt-daemon']);
  expect(hashOfRecipe('trixie', ['libvirt-daemon'])).toBe(hash);
  expect(hashOfRecipe('bookworm', ['libvirt-daemon'])).not.toBe(hash);
  expect(hashOfRecipe('trixie', ['libvirt-daemon', 'socat'])).not.toBe(hash);
});

test('the root carries release and hash in its name', () => {
  const { packages, rootDirectory } = recipeOf('bookworm');
  expect(rootDirectory.endsWith(`root-bookworm-${hashOfRecipe('bookworm', packages)}`)).toBe(true);
});

test('what backports have is put over the release that they are for', () => {
  expect(recipeOf('trixie-backports').suites).toEqual(['trixie', 'trixie-backports']);
  expect(recipeOf('trixie').suites).toEqual(['trixie']);
});

test('hosts without a release of their own are what the environment says, or trixie', () => {
  expect(releaseOfHosts('bookworm')).toBe('bookworm');
  expect(releaseOfHosts('')).toBe('trixie');
  expect(() => releaseOfHosts('sid')).toThrow(
    'FERRY_LAB_RELEASE is "sid", and a host can be trixie, bookworm, trixie-backports',
  );
});
