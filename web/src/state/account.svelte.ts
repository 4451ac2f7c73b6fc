// One's own account: profile, password, second factor, passkeys, provider, and where one is signed in.

import { get, post, request } from '../lib/api';
import type { Account, AccountRequest, AccountSession, AccountSessions, Enrolment, Passkey, Passkeys, RecoveryCodes, UserInfo, WayThere } from '../protocol';
import { makePasskey } from './passkeys';

const PLACE = '/api/account';

export class AccountPage {
  account = $state<Account>();
  sessions = $state<AccountSession[]>([]);
  passkeys = $state.raw<Passkey[]>([]);

  async load(): Promise<void> {
    [this.account] = await Promise.all([get<Account>(PLACE), this.loadSessions(), this.loadPasskeys()]);
  }

  async loadPasskeys(): Promise<void> {
    this.passkeys = (await get<Passkeys>(`${PLACE}/passkeys`)).passkeys;
  }

  async addPasskey(name: string, password: string, code: string): Promise<void> {
    await makePasskey(name, password, code);
    await this.loadPasskeys();
  }

  async removePasskey(one: Passkey, password: string, code: string): Promise<void> {
    await request('DELETE', `${PLACE}/passkeys/${one.id}`, { password, ...(code ? { code } : {}) });
    await this.loadPasskeys();
  }

  async loadSessions(): Promise<void> {
    this.sessions = (await get<AccountSessions>(`${PLACE}/sessions`)).sessions;
  }

  async saveProfile(profile: AccountRequest): Promise<void> {
    this.account = await request<Account>('PATCH', PLACE, profile);
  }

  /** Nothing in place of a picture lets go of it. */
  async setPicture(picture?: File): Promise<void> {
    const user = await request<UserInfo>(picture ? 'PUT' : 'DELETE', `${PLACE}/avatar`, picture);
    if (this.account) this.account = { ...this.account, user };
  }

  async changePassword(old: string, password: string): Promise<void> {
    await post(`${PLACE}/password`, { ...(this.account?.has_password ? { old } : {}), new: password });
    await this.load();
  }

  async end(session: AccountSession): Promise<void> {
    await request('DELETE', `${PLACE}/sessions/${session.id}`);
    await this.loadSessions();
  }

  async endOthers(): Promise<void> {
    await request('DELETE', `${PLACE}/sessions`);
    await this.loadSessions();
  }

  /** An authenticator's key, shown once. */
  begin(password: string): Promise<Enrolment> {
    return post<Enrolment>(`${PLACE}/second-factor`, { password });
  }

  /** Recovery codes, shown once. */
  async confirm(code: string): Promise<string[]> {
    const { codes } = await post<RecoveryCodes>(`${PLACE}/second-factor/confirm`, { code });
    this.account = await get<Account>(PLACE);
    return codes;
  }

  async newCodes(password: string, code: string): Promise<string[]> {
    const { codes } = await post<RecoveryCodes>(`${PLACE}/second-factor/codes`, { password, code });
    this.account = await get<Account>(PLACE);
    return codes;
  }

  /** An address of the provider, where the link is made. */
  async wayToLink(password: string, code: string): Promise<string> {
    return (await post<WayThere>(`${PLACE}/provider`, { password, ...(code ? { code } : {}) })).url;
  }

  async unlink(password: string, code: string): Promise<void> {
    await request('DELETE', `${PLACE}/provider`, { password, ...(code ? { code } : {}) });
    this.account = await get<Account>(PLACE);
  }

  async removeSecondFactor(password: string, code: string): Promise<void> {
    await request('DELETE', `${PLACE}/second-factor`, { password, code });
    this.account = await get<Account>(PLACE);
  }
}
