// The house as its admins see it.

import { get, request } from '../lib/api';
import type { AdminHealth, AdminStorage, AdminUser, AdminUserRequest, AdminUsers } from '../protocol';

const PLACE = '/api/admin';
const of = (handle: string) => `${PLACE}/users/${encodeURIComponent(handle)}`;

export class AdminPage {
  users = $state.raw<AdminUser[]>();
  storage = $state.raw<AdminStorage>();
  health = $state.raw<AdminHealth>();

  async loadUsers(): Promise<void> {
    this.users = (await get<AdminUsers>(`${PLACE}/users`)).users;
  }

  async loadStorage(): Promise<void> {
    this.storage = await get<AdminStorage>(`${PLACE}/storage`);
  }

  async loadHealth(): Promise<void> {
    this.health = await get<AdminHealth>(`${PLACE}/health`);
  }

  async change(handle: string, wish: AdminUserRequest): Promise<void> {
    try {
      await request('PATCH', of(handle), wish);
    } finally {
      // Refused or not, what is shown is what is so.
      await this.loadUsers();
    }
  }

  async takeSecondFactor(handle: string): Promise<void> {
    await request('DELETE', `${of(handle)}/second-factor`);
    await this.loadUsers();
  }
}
