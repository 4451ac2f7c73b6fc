// The files that lie beside what one writes: on their way to the server, there, or refused. They go
// with the next message.

import { request } from '../lib/api';
import { upload, type Upload } from '../lib/upload';
import type { FileInfo, SessionLimits } from '../protocol';
import { t } from './lang.svelte';
import { inWords } from './refusal';

/** As many go up beside each other. */
const AT_ONCE_MAX = 3;

export interface TrayFile {
  key: number;
  file: File;
  /** Between 0 and 1. */
  part: number;
  /** The line is cut; it goes on by itself. */
  waits: boolean;
  info?: FileInfo;
  refused?: string;
  /** A picture of it, made on the device. */
  picture?: string;
}

export class Tray {
  files = $state<TrayFile[]>([]);

  readonly #room: string;
  readonly #limits: () => Pick<SessionLimits, 'file_bytes_max' | 'files_per_message_max'> | undefined;
  #going = new Map<number, Upload>();
  #keys = 0;

  constructor(room: string, limits: () => Pick<SessionLimits, 'file_bytes_max' | 'files_per_message_max'> | undefined) {
    this.#room = room;
    this.#limits = limits;
  }

  /** All that lies here is on the server. */
  get isReady(): boolean {
    return this.files.every(({ info }) => info !== undefined);
  }

  /** Answers with what there is to say about it, if anything. */
  add(files: Iterable<File>): string {
    const limits = this.#limits();
    let said = '';
    for (const file of files) {
      if (limits && this.files.length >= limits.files_per_message_max) return t('filesTooMany', { n: `${limits.files_per_message_max}` });
      const entry: TrayFile = { key: ++this.#keys, file, part: 0, waits: false };
      if (/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) entry.picture = URL.createObjectURL(file);
      if (limits && file.size > limits.file_bytes_max) said = entry.refused = t('fileTooLarge', { n: `${Math.floor(limits.file_bytes_max / 1_000_000)}` });
      this.files.push(entry);
    }
    this.#next();
    return said;
  }

  again(key: number): void {
    const entry = this.#find(key);
    if (!entry) return;
    delete entry.refused;
    entry.part = 0;
    this.#next();
  }

  /** Takes it away, from the server too. */
  drop(key: number): void {
    const entry = this.#find(key);
    this.#going.get(key)?.cancel();
    this.#going.delete(key);
    if (entry?.info) void request('DELETE', `/api/files/${entry.info.id}`).catch(() => {});
    if (entry?.picture) URL.revokeObjectURL(entry.picture);
    this.files = this.files.filter((other) => other.key !== key);
    this.#next();
  }

  /** Gives what is there to a message. */
  take(): FileInfo[] {
    const taken = this.files.flatMap(({ info }) => (info ? [$state.snapshot(info)] : []));
    for (const { picture } of this.files) if (picture) URL.revokeObjectURL(picture);
    this.files = [];
    return taken;
  }

  /** Whoever leaves the room takes nothing with them. */
  clear(): void {
    for (const { key } of [...this.files]) this.drop(key);
  }

  #find(key: number): TrayFile | undefined {
    return this.files.find((entry) => entry.key === key);
  }

  #next(): void {
    for (const entry of this.files) {
      if (this.#going.size >= AT_ONCE_MAX) return;
      if (!entry.info && !entry.refused && !this.#going.has(entry.key)) void this.#bring(entry);
    }
  }

  async #bring({ key, file }: TrayFile): Promise<void> {
    const tell = (what: Partial<TrayFile>) => Object.assign(this.#find(key) ?? {}, what);
    const going = upload(this.#room, file, { progress: (part) => tell({ part }), waits: (waits) => tell({ waits }) });
    this.#going.set(key, going);
    try {
      tell({ info: await going.done });
    } catch (error) {
      tell({ refused: inWords(error), waits: false });
    } finally {
      this.#going.delete(key);
      this.#next();
    }
  }
}
