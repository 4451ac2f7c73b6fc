// Exports of other chats on the server, and how the newest import stands.

import { get, request } from '../lib/api';
import { uploadTo, type Upload } from '../lib/upload';
import type { ImportArchive, Imports } from '../protocol';

const PLACE = '/api/admin/imports';
/** So often one looks while an import goes on. */
const LOOK_MS = 1_000;

export class ImportsPage {
  now = $state.raw<Imports>();
  /** What is being uploaded, and how much of it is there. */
  coming = $state<{ name: string; part: number }>();
  #upload: Upload<ImportArchive> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;
  #left = false;

  get running(): boolean {
    return this.now?.job?.state === 'running';
  }

  /** Looks, and looks again as long as something goes on. */
  async look(): Promise<void> {
    clearTimeout(this.#next);
    try {
      this.now = await get<Imports>(PLACE);
    } finally {
      // The server may be away for a moment: what it goes on with is to be seen when it is back.
      if (!this.#left && (this.running || !this.now)) this.#next = setTimeout(() => void this.look().catch(() => {}), LOOK_MS);
    }
  }

  async upload(file: File): Promise<void> {
    this.coming = { name: file.name, part: 0 };
    this.#upload = uploadTo<ImportArchive>(`${PLACE}/archives`, file, (part) => (this.coming = { name: file.name, part }));
    try {
      await this.#upload.done;
    } finally {
      this.coming = undefined;
      await this.look();
    }
  }

  cancel(): void {
    this.#upload?.cancel();
  }

  async begin(archive: string): Promise<void> {
    await request('POST', PLACE, { archive });
    await this.look();
  }

  async stop(): Promise<void> {
    await request('DELETE', PLACE);
    await this.look();
  }

  async remove(archive: string): Promise<void> {
    await request('DELETE', `${PLACE}/archives/${encodeURIComponent(archive)}`);
    await this.look();
  }

  leave(): void {
    this.#left = true;
    clearTimeout(this.#next);
    this.cancel();
  }
}
