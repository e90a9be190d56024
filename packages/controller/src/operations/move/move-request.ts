import { type MoveBody, moveOptions } from '@ferry/api';
import { type FlavorSnapshot, type MoveRequest, optionsOfPolicies } from '@ferry/model';

/** A move as it is asked for, with what holds when nothing is said. */
export function moveRequest(move: MoveBody, resizeTo: FlavorSnapshot | null = null): MoveRequest {
  const { kind, host = null, hold } = move;
  const said = optionsOfPolicies.filter((name) => move[name] !== undefined);
  // What changes its size can be taken back.
  return { ...moveOptions(move), kind, host, hold: hold ?? resizeTo !== null, resizeTo, said };
}
