import { expect, test } from 'vitest';
import { hashOfRecipe, recipeHash, rootDirectory } from './recipe.ts';

test('another list of packages, or another release, is another root', () => {
  const hash = hashOfRecipe('trixie', ['libvirt-daemon']);
  expect(hashOfRecipe('trixie', ['libvirt-daemon'])).toBe(hash);
  expect(hashOfRecipe('forky', ['libvirt-daemon'])).not.toBe(hash);
  expect(hashOfRecipe('trixie', ['libvirt-daemon', 'socat'])).not.toBe(hash);
});

test('the root carries the hash in its name', () => {
  expect(rootDirectory.endsWith(`root-${recipeHash}`)).toBe(true);
});
