/** Ids of projects: Keystone's 32 hexadecimal digits, or a UUID. */
const withProject = /^(\/v2\.1)\/([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=[/?]|$)/i;

/** The same address without the id of a project, which clients of before 2.18 put in: `/v2.1/ID/servers`. */
export function withoutProject(url: string): string {
  return url.replace(withProject, '$1');
}

/** The id of a project that an address names; null when it names none. */
export function projectInPath(url: string): string | null {
  return withProject.exec(url)?.[2] ?? null;
}
