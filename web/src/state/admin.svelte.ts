// The house as its admins see it.

import { get, request } from '../lib/api';
import type { AdminHealth, AdminStorage, AdminUser, AdminUserRequest, AdminUsers, ModerationActs, Report, Reports } from '../protocol';

const PLACE = '/api/admin';
const of = (handle: string) => `${PLACE}/users/${encodeURIComponent(handle)}`;

export class AdminPage {
  users = $state.raw<AdminUser[]>();
  storage = $state.raw<AdminStorage>();
  health = $state.raw<AdminHealth>();
  reports = $state.raw<Report[]>();
  moderation = $state.raw<ModerationActs>();

  async loadUsers(): Promise<void> {
    this.users = (await get<AdminUsers>(`${PLACE}/users`)).users;
  }

  async loadStorage(): Promise<void> {
    this.storage = await get<AdminStorage>(`${PLACE}/storage`);
  }

  async loadHealth(): Promise<void> {
    this.health = await get<AdminHealth>(`${PLACE}/health`);
  }

  /** Reports that nobody has settled, in the rooms that one is in. */
  async loadReports(): Promise<void> {
    this.reports = (await get<Reports>(`${PLACE}/reports`)).reports;
  }

  /** What moderators did; with `older` the next page behind it. */
  async loadModeration(older = false): Promise<void> {
    const before = older ? this.moderation?.acts.at(-1)?.number : undefined;
    const page = await get<ModerationActs>(`${PLACE}/moderation?limit=50${before === undefined ? '' : `&before=${before}`}`);
    this.moderation = { acts: [...(before === undefined ? [] : (this.moderation?.acts ?? [])), ...page.acts], more: page.more };
  }

  async change(handle: string, wish: AdminUserRequest): Promise<void> {
    try {
      await request('PATCH', of(handle), wish);
    } finally {
      // Refused or not, what is shown is what is so.
      await this.loadUsers();
    }
  }

  async takePicture(handle: string, reason: string): Promise<void> {
    await request('DELETE', `${of(handle)}/avatar?${new URLSearchParams({ reason })}`);
    await this.loadUsers();
  }

  async takePasskeys(handle: string): Promise<void> {
    await request('DELETE', `${of(handle)}/passkeys`);
    await this.loadUsers();
  }

  async takeSecondFactor(handle: string): Promise<void> {
    await request('DELETE', `${of(handle)}/second-factor`);
    await this.loadUsers();
  }
}
