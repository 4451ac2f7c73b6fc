// Asking a device for a key of one's own, or for its signature. Loaded when somebody wants either.

import { post, Refused } from '../lib/api';
import { bytes, text } from '../lib/base64url';
import type { Me, NewPasskeyRequest, Passkey, PasskeyAnswer, PasskeyChallenge, PasskeyOffer } from '../protocol';
import { t } from './lang.svelte';

/** Has a device make a key, which opens the account from then on. */
export async function makePasskey(name: string, password: string, code: string): Promise<Passkey> {
  const offer = await post<PasskeyOffer>('/api/account/passkeys/options', { password, ...(code ? { code } : {}) });
  const made = await asked(
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(offer.challenge),
        rp: { id: offer.site, name: t('appName') },
        user: { id: bytes(offer.user), name: offer.handle, displayName: offer.display_name },
        pubKeyCredParams: offer.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: offer.known.map((id) => ({ type: 'public-key', id: bytes(id) })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: offer.seconds * 1000,
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  const request: NewPasskeyRequest = {
    name,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.getAuthenticatorData()),
  };
  return post<Passkey>('/api/account/passkeys', request);
}

/** Signs in with whichever key is chosen on the device. */
export async function signInWithPasskey(): Promise<Me> {
  const { challenge, site, seconds } = await post<PasskeyChallenge>('/api/sign-in/passkey/options', {});
  const signed = await asked(
    navigator.credentials.get({
      publicKey: { challenge: bytes(challenge), rpId: site, userVerification: 'required', timeout: seconds * 1000 },
    }),
  );
  const response = signed.response as AuthenticatorAssertionResponse;
  const answer: PasskeyAnswer = {
    id: text(signed.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle ? { user: text(response.userHandle) } : {}),
  };
  return post<Me>('/api/sign-in/passkey', answer);
}

/** What the device answers. Browsers tell no page why it did not: it may be that somebody said no. */
async function asked(answer: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await answer;
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    const there = error instanceof DOMException && error.name === 'InvalidStateError';
    throw new Refused(0, 'passkey', t(there ? 'passkeyThere' : 'passkeyNothing'));
  }
  throw new Refused(0, 'passkey', t('passkeyNothing'));
}
