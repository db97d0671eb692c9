// A certified authorization server, npm `oidc-provider`, on loopback and in memory.
//
// Prints one JSON line when it listens: {"issuer": "...", "clients": {...}}. Ends with its standard
// input when asked to, so that a killed test run leaves nothing behind. What it saw, by grant, is
// served at `GET /__counts`; `POST /__reset` starts the counting anew and forgets no token.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

// Its notices go to standard output otherwise, which belongs to the one JSON line.
console.info = console.error;
const { default: Provider } = await import('oidc-provider');

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    // seconds; the herd asks with a very short one
    'access-token-ttl': { type: 'string', default: '3600' },
    // milliseconds between what the token endpoint did and its answer
    'token-latency': { type: 'string', default: '0' },
    'redirect-path': { type: 'string', multiple: true, default: ['/', '/callback'] },
    registration: { type: 'boolean', default: false },
    // proofs of possession need a nonce of this server's
    'dpop-nonce': { type: 'boolean', default: false },
    // authorization requests must be pushed
    par: { type: 'boolean', default: false },
    // the public key of the client that signs, as a JWK
    'client-jwk': { type: 'string' },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const NATIVE = 'native-client';
const CONFIDENTIAL = 'confidential-client';
const SIGNING = 'signing-client';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const secret = randomBytes(32).toString('base64url');

const store = new Map();
let counts = emptyCounts();

if (options['until-stdin-ends']) {
  process.stdin.resume().on('close', () => process.exit(0));
}

const server = createServer();
server.listen(Number(options.port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration());
  count(provider);
  provider.use(delayTokenAnswers);
  const answer = provider.callback();
  server.on('request', (request, response) => control(request, response) || answer(request, response));
  const clients = { native: { id: NATIVE }, confidential: { id: CONFIDENTIAL, secret } };
  process.stdout.write(`${JSON.stringify({ issuer, clients })}\n`);
});

function configuration() {
  return {
    adapter: Memory,
    clients: [
      // A native client may use any port of a loopback redirect URI (RFC 8252 section 7.3).
      client(NATIVE, { token_endpoint_auth_method: 'none' }),
      client(CONFIDENTIAL, {
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: secret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE],
      }),
      ...signing(),
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
    },
    scopes: ['openid', 'email', 'profile', 'offline_access'],
    findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
    pkce: { required: () => true },
    // Rotation: using a consumed refresh token revokes the whole grant (RFC 9700 section 4.14.2).
    rotateRefreshToken: true,
    issueRefreshToken: (_, { grantTypes }, source) =>
      grantTypes.includes('refresh_token') && source.scopes.has('offline_access'),
    // A grant outlives the browser session that it was made in.
    expiresWithSession: () => false,
    ttl: {
      AccessToken: Number(options['access-token-ttl']),
      ClientCredentials: Number(options['access-token-ttl']),
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: true },
      dPoP: {
        enabled: true,
        ...(options['dpop-nonce'] && { nonceSecret: randomBytes(32), requireNonce: () => true }),
      },
      introspection: { enabled: true, allowedPolicy: (_, asking, token) => token.clientId === asking.clientId },
      pushedAuthorizationRequests: {
        enabled: true,
        requirePushedAuthorizationRequests: options.par,
      },
      registration: { enabled: options.registration },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })] },
  };
}

function signing() {
  if (!options['client-jwk']) {
    return [];
  }
  const key = { ...JSON.parse(options['client-jwk']), use: 'sig', alg: 'ES256' };
  return [client(SIGNING, {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    jwks: { keys: [key] },
  })];
}

function client(client_id, rest) {
  return {
    client_id,
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token', DEVICE],
    redirect_uris: options['redirect-path'].map((path) => `http://127.0.0.1${path}`),
    response_types: ['code'],
    ...rest,
  };
}

function claims(id) {
  return {
    sub: id,
    name: `${id} of the practice accounts`,
    preferred_username: id,
    email: `${id}@example.com`,
    email_verified: true,
  };
}

// The work is done before the wait: a client that dies while it waits has lost a rotated token.
async function delayTokenAnswers(context, next) {
  await next();
  if (context.method === 'POST' && context.path === '/token') {
    await delay(Number(options['token-latency']));
  }
}

function count(provider) {
  const grantOf = new Map();
  const grant = (id) => (counts.grants[id] ??= {
    refreshes: 0, refresh_failures: 0, reuses: 0, revoked: false,
  });
  provider.on('refresh_token.saved', (token) => {
    grantOf.set(token.jti, token.grantId);
    Object.assign(grant(token.grantId), { account: token.accountId, client: token.clientId });
  });
  provider.on('grant.success', ({ oidc }) => {
    const type = oidc.params.grant_type;
    counts.grant_types[type] = (counts.grant_types[type] ?? 0) + 1;
    if (type === 'refresh_token') {
      grant(oidc.entities.RefreshToken.grantId).refreshes += 1;
      counts.refreshes += 1;
    }
  });
  provider.on('grant.error', ({ oidc }, error) => {
    counts.errors[error.error] = (counts.errors[error.error] ?? 0) + 1;
    if (oidc.params?.grant_type !== 'refresh_token') {
      return;
    }
    const reused = error.error_detail === 'refresh token already used';
    counts.refresh_failures += 1;
    counts.reuses += Number(reused);
    // A token that this server never made belongs to no grant.
    const id = grantOf.get(oidc.params.refresh_token);
    if (id) {
      grant(id).refresh_failures += 1;
      grant(id).reuses += Number(reused);
    }
  });
  provider.on('grant.revoked', (_, id) => {
    grant(id).revoked = true;
    counts.revoked += 1;
  });
  provider.on('server_error', (_, error) => {
    counts.server_errors += 1;
    console.error(error);
  });
}

function emptyCounts() {
  return {
    refreshes: 0, refresh_failures: 0, reuses: 0, revoked: 0, server_errors: 0,
    grant_types: {}, errors: {}, grants: {},
  };
}

function control({ method, url }, response) {
  if (method === 'POST' && url === '/__reset') {
    counts = emptyCounts();
    return response.writeHead(204).end();
  }
  if (method === 'GET' && url === '/__counts') {
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(counts));
  }
  return undefined;
}

// The library's own store forgets after a thousand entries, and a reused refresh token would then
// look like an unknown one. This one keeps everything until it is destroyed; the library itself
// checks expiry on reading.
function Memory(model) {
  const key = (id) => `${model}:${id}`;
  const first = (holds) => [...entriesOf(model)].find(holds);
  return {
    async upsert(id, payload) { store.set(key(id), payload); },
    async find(id) { return store.get(key(id)); },
    async findByUid(uid) { return first((payload) => payload.uid === uid); },
    async findByUserCode(code) { return first((payload) => payload.userCode === code); },
    async consume(id) { store.get(key(id)).consumed = Math.floor(Date.now() / 1000); },
    async destroy(id) { store.delete(key(id)); },
    async revokeByGrantId(grantId) {
      for (const [id, payload] of store) {
        if (id.startsWith(`${model}:`) && payload.grantId === grantId) {
          store.delete(id);
        }
      }
    },
  };
}

function* entriesOf(model) {
  for (const [id, payload] of store) {
    if (id.startsWith(`${model}:`)) {
      yield payload;
    }
  }
}
