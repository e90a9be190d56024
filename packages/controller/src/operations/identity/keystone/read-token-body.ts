import type { Caller, ProjectRole } from '@ferry/model';

/** Who a token stands for, as Keystone says, and until when. */
export interface TokenBody {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/**
 * Reads Keystone's answer to `GET /v3/auth/tokens`; null when it is not one. Roles in the map are told as what it has for
 * them. Roles in a domain are not told: they say what somebody may do with users there, and nothing of instances.
 */
export function readTokenBody(
  text: string,
  roleMap: Readonly<Record<string, ProjectRole>>,
): TokenBody | null {
  const token = fieldOf(parse(text), 'token');
  const user = fieldOf(token, 'user');
  const project = fieldOf(token, 'project');
  const userId = fieldOf(user, 'id');
  const userName = fieldOf(user, 'name');
  const expires = fieldOf(token, 'expires_at');
  if (typeof userId !== 'string' || typeof userName !== 'string' || typeof expires !== 'string') return null;
  const expiresAtMs = Date.parse(expires);
  if (Number.isNaN(expiresAtMs)) return null;
  const scoped = project !== undefined || fieldOf(token, 'system') !== undefined;
  const names = [scoped ? fieldOf(token, 'roles') : []]
    .flat()
    .map((role) => fieldOf(role, 'name'))
    .filter((name) => typeof name === 'string');
  const roles = [
    ...new Set(names.map((name) => (Object.hasOwn(roleMap, name) ? (roleMap[name] ?? name) : name))),
  ];
  return {
    caller: {
      userId,
      userName,
      projectId: textOf(project, 'id'),
      projectName: textOf(project, 'name'),
      roles,
    },
    expiresAtMs,
  };
}

function textOf(value: unknown, name: string): string | null {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
