// What one has sent and the log does not show yet. Every entry has a key, so sending it again
// after a lost connection is safe.

import type { FileInfo } from '../protocol';

export interface Pending {
  key: string;
  room: string;
  text: string;
  reply_to?: string;
  /** No agent shall read it. */
  private_from_ai?: boolean;
  /** What it carries; all of it is on the server already. */
  files?: FileInfo[];
  at: string;
  /** Known once the server has acked: the echo goes when that message shows up. */
  message_id?: string;
  /** The server refused it, in its own words. */
  refused?: string;
  /** A command: no message shows up. */
  command: boolean;
}

/** What goes over the wire for an entry: the private ones by the command that makes them so. */
export function wireText(entry: Pick<Pending, 'text' | 'private_from_ai'>): string {
  if (!entry.private_from_ai) return entry.text;
  // A doubled slash stands for one, but only at the beginning of what is sent.
  const text = entry.text.trim().replace(/^\/\//, '/');
  // These words would be taken for the setting of the whole room: an unseen sign keeps them words.
  return `/private-from-ai ${/^room (on|off)$/.test(text) ? '\u200B' : ''}${text}`;
}

export class Outbox {
  entries: Pending[] = [];

  constructor(
    readonly newKey: () => string = () => crypto.randomUUID(),
    readonly now: () => string = () => new Date().toISOString(),
  ) {}

  /** A command stays one, private or not. */
  add(room: string, text: string, reply_to?: string, isPrivate = false, files: FileInfo[] = []): Pending {
    const typed = text.trimStart();
    const command = typed.startsWith('/') && !typed.startsWith('//');
    const entry: Pending = { key: this.newKey(), room, text, at: this.now(), command };
    if (reply_to) entry.reply_to = reply_to;
    if (isPrivate && !command) entry.private_from_ai = true;
    if (files.length > 0) entry.files = files;
    this.entries.push(entry);
    return entry;
  }

  /** The answer to a send: a command is done with it, a message waits for its event. */
  acked(key: string, message_id: string | undefined, shown: (id: string) => boolean): void {
    const entry = this.entries.find((entry) => entry.key === key);
    if (!entry) return;
    if (entry.command || !message_id || shown(message_id)) this.drop(key);
    else entry.message_id = message_id;
  }

  /** A message showed up. */
  posted(message_id: string): void {
    this.entries = this.entries.filter((entry) => entry.message_id !== message_id);
  }

  refused(key: string, why: string): void {
    const entry = this.entries.find((entry) => entry.key === key);
    if (entry) entry.refused = why;
  }

  drop(key: string): void {
    this.entries = this.entries.filter((entry) => entry.key !== key);
  }

  /** What must be sent again on a new connection: all that nobody has answered. */
  unanswered(): Pending[] {
    return this.entries.filter((entry) => !entry.refused && !entry.message_id);
  }
}
