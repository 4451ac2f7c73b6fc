// What the composer offers to complete: commands behind a slash at the start, names behind `@`,
// rooms behind `#`, and a command's own arguments.

import type { CommandInfo, UserInfo } from '../protocol';

export interface Choice {
  /** What is put in place. */
  insert: string;
  label: string;
  detail: string;
  /** An emoji whose picture stands before it. */
  glyph?: string;
}

export interface Completion {
  /** Where the text to be replaced begins and ends. */
  from: number;
  to: number;
  choices: Choice[];
}

export interface Known {
  commands: CommandInfo[];
  users: UserInfo[];
  rooms: string[];
  /** Names that call many, and whom. */
  calls: { name: string; whom: string }[];
}

const CHOICES_MAX = 8;
/** Beside names that call many. */
const USERS_MAX = 6;

export function complete(text: string, caret: number, known: Known): Completion | null {
  const before = text.slice(0, caret);
  const word = /(^|[^A-Za-z0-9_@#/.-])([@#/]?[\p{L}\p{N}_.-]*)$/u.exec(before);
  if (!word) return null;
  const [, , part = ''] = word;
  const from = caret - part.length;
  const found = choices(before, from, part, known);
  return found.length > 0 ? { from, to: caret, choices: found.slice(0, CHOICES_MAX) } : null;
}

function choices(before: string, from: number, part: string, known: Known): Choice[] {
  if (part.startsWith('/') && from === 0) return commands(part.slice(1), known.commands);
  if (part.startsWith('@')) return [...users(part.slice(1), known.users, '@').slice(0, USERS_MAX), ...calls(part.slice(1), known.calls)];
  if (part.startsWith('#')) return rooms(part.slice(1), known.rooms, '#');
  const line = /^\/(\S+)\s+(.*)$/su.exec(before);
  if (!line) return [];
  const command = known.commands.find(
    (command) => command.name === line[1] || command.aliases.includes(line[1] ?? ''),
  );
  const done = (line[2] ?? '').split(/\s+/).length - 1;
  const param = command?.params[done];
  if (!param) return [];
  switch (param.type) {
    case 'user':
      return users(part, known.users, '');
    case 'agent':
      return users(part, known.users.filter((user) => user.kind === 'agent'), '');
    case 'room':
      return rooms(part, known.rooms, '');
    case 'command':
      return commands(part, known.commands).map((choice) => ({ ...choice, insert: `${choice.label.slice(1)} ` }));
    default:
      return (param.choices ?? [])
        .filter((choice) => choice.startsWith(part.toLowerCase()))
        .map((choice) => ({ insert: `${choice} `, label: choice, detail: param.help }));
  }
}

function commands(part: string, all: CommandInfo[]): Choice[] {
  const folded = part.toLowerCase();
  return all
    .filter((command) => [command.name, ...command.aliases].some((name) => name.startsWith(folded)))
    .map((command) => ({ insert: `/${command.name} `, label: `/${command.name}`, detail: command.summary }));
}

function users(part: string, all: UserInfo[], sigil: string): Choice[] {
  const folded = part.toLowerCase();
  const rank = (user: UserInfo) => (user.presence === 'offline' ? 1 : 0);
  return all
    .filter(
      (user) =>
        !user.disabled &&
        (user.handle.toLowerCase().startsWith(folded) || user.display_name.toLowerCase().startsWith(folded)),
    )
    .sort((a, b) => rank(a) - rank(b) || a.handle.localeCompare(b.handle))
    .map((user) => ({ insert: `${sigil}${user.handle} `, label: `@${user.handle}`, detail: user.display_name }));
}

function calls(part: string, all: Known['calls']): Choice[] {
  const folded = part.toLowerCase();
  return all
    .filter((call) => call.name.startsWith(folded))
    .map((call) => ({ insert: `@${call.name} `, label: `@${call.name}`, detail: call.whom }));
}

function rooms(part: string, all: string[], sigil: string): Choice[] {
  const folded = part.toLowerCase();
  return all
    .filter((room) => room.toLowerCase().startsWith(folded))
    .map((room) => ({ insert: `${sigil}${room} `, label: `#${room}`, detail: '' }));
}
