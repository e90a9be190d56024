import { spawnSync } from 'node:child_process';

/** The commits of so long count as the change when nobody names where it begins. */
const since = '24 hours ago';

/**
 * What the change is made of: the files that differ between the work tree and where the change begins, `FERRY_BASE` or
 * the last commit that is a day older. Null outside of git, or where nothing is older: then everything has changed.
 */
export function changedFiles(
  root: string,
  base: string | undefined = process.env['FERRY_BASE'],
): string[] | null {
  const from = base ?? git(root, 'rev-list', '-1', `--before=${since}`, 'HEAD')?.trim();
  if (from === undefined || from === '') return null;
  const differing = git(root, 'diff', '--name-only', '-z', from);
  const untracked = git(root, 'ls-files', '--others', '--exclude-standard', '-z');
  if (differing === null || untracked === null) return null;
  return [...new Set(`${differing}${untracked}`.split('\0'))].filter((file) => file !== '');
}

function git(root: string, ...words: string[]): string | null {
  const { status, stdout } = spawnSync('git', words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? stdout : null;
}
