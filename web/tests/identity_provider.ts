// A provider of identities (OpenID Connect) with a page of its own, whose tokens are signed with RSA.

import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface IdentityProvider {
  issuer: string;
  /** Who signs in on its page from now on. */
  person: { sub: string; [claim: string]: unknown };
  /** What is wrong from now on: nobody is let in, or the token is of another sign-in. */
  wrong: 'denied' | 'nonce' | null;
  end(): void;
}

interface Asked {
  nonce: string;
  challenge: string;
  redirect: string;
}

export async function identityProvider(client: string, secret: string): Promise<IdentityProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, Asked>();
  const encode = (what: object) => Buffer.from(JSON.stringify(what)).toString('base64url');
  // RFC 6749, 2.3.1: both are written as in a form.
  const written = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length);
  const basic = `Basic ${Buffer.from(`${written(client)}:${written(secret)}`).toString('base64')}`;

  function token(asked: Asked): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { ...it.person, iss: it.issuer, aud: client, nonce: it.wrong === 'nonce' ? 'another' : asked.nonce, iat: now, exp: now + 300 };
    const signed = `${encode({ alg: 'RS256', kid: 'one' })}.${encode(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  }

  /** As a page that asks whether one wants to: it has one button. */
  function consent(query: URLSearchParams): string {
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('state', query.get('state') ?? '');
    if (it.wrong === 'denied') back.searchParams.set('error', 'access_denied');
    else {
      const code = `code-${codes.size}`;
      codes.set(code, { nonce: query.get('nonce') ?? '', challenge: query.get('code_challenge') ?? '', redirect: query.get('redirect_uri') ?? '' });
      back.searchParams.set('code', code);
    }
    return `<!doctype html><title>Example ID</title><a id="yes" href="${back.href.replaceAll('&', '&amp;')}">Continue</a>`;
  }

  async function redeem(request: IncomingMessage): Promise<object | null> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const isTheirs = asked?.challenge === challenge && asked.redirect === form.get('redirect_uri');
    return asked && isTheirs && request.headers.authorization === basic ? { access_token: 'a', token_type: 'Bearer', id_token: token(asked) } : null;
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', it.issuer);
    const json = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') {
      json(200, { issuer: it.issuer, authorization_endpoint: `${it.issuer}/authorize`, token_endpoint: `${it.issuer}/token`, jwks_uri: `${it.issuer}/keys` });
    } else if (url.pathname === '/keys') json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
    else if (url.pathname === '/authorize') response.writeHead(200, { 'content-type': 'text/html' }).end(consent(url.searchParams));
    else if (url.pathname === '/token') {
      const answer = await redeem(request);
      json(answer ? 200 : 400, answer ?? { error: 'invalid_grant' });
    } else json(404, {});
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const it: IdentityProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    person: { sub: 'nobody' },
    wrong: null,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
  return it;
}
