// Runs a real OpenID provider on loopback.
//
//   node oidc.mjs <folder of node_modules> <port, or 0 for a free one> <client id> <client secret> <redirect address>
//
// At / it is npm's oidc-provider with a key of this start. Its interactions are answered by forms, as a person would:
// POST /interaction/<uid> with `login` (whom the provider means) and `amr` (what they showed, with commas between), or
// `cancel`. At /fake it is a provider that says whatever it is told: for answers that a real one cannot be made to give.
// POST /control with JSON sets `accounts` (claims by login), `conform` (whether the ID token leaves the address to the
// userinfo endpoint), `methods` (how the client is to say at the token endpoint who it is, `registered`, and which ways the
// metadata offers, `offered`) and `fake`. GET /control answers what the token endpoint of the real one was asked and gave.
//
// The real one also stands in for the social network X, at /x.com/… and /api.x.com/…: its page of consent, its tokens, which it
// renews for an application that asks for `offline.access`, with another refresh token each time, and who somebody is.
//
// Prints a line `ready <its address>`, and stops when its standard input ends, so that it never outlives the test that started
// it. Says on standard error how far it has come, for when that line does not come.
import crypto from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const [modules, port, clientId, clientSecret, redirect] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(path.join(modules, file)));

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

// Its address is part of all that it says, so the port comes first. Nobody asks before it is ready.
const server = http.createServer();
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${server.address().port}`;
console.error(`listens at ${origin}`);

const { Provider } = await load('oidc-provider/lib/index.js');
console.error('the library is loaded');

// Large primes take a while to find, more of it the less lucky one is: not on the one thread that does everything else.
const generate = promisify(crypto.generateKeyPair);
const keyPair = async () => {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  const kid = crypto.randomUUID();
  const mark = { kid, use: 'sig', alg: 'RS256' };
  return { kid, privateKey, own: { ...privateKey.export({ format: 'jwk' }), ...mark }, known: { ...publicKey.export({ format: 'jwk' }), ...mark } };
};

const real = await keyPair();
console.error('it has a key');
const fake = { told: {}, keys: {} };
// Those of the fake are for the few who need one: `key`, which it shows, and `stranger`, which it does not.
const keyOfFake = (name) => (fake.keys[name] ??= keyPair());
let accounts = {};
let conform = true;
let methods = { registered: 'client_secret_basic', offered: ['client_secret_basic', 'client_secret_post'] };

const exchanges = [];
const note = (ctx, error) => {
  const { client_secret: posted, code_verifier: verifier, code } = ctx.oidc.body ?? {};
  exchanges.push({ basic: Boolean(ctx.get('authorization')), post: Boolean(posted), verifier, code, error, gave: error ? null : ctx.body });
};

const scopesOfX = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'];
const ofX = { '/x.com/i/oauth2/authorize': '/auth', '/api.x.com/2/oauth2/token': '/token', '/api.x.com/2/oauth2/revoke': '/token/revocation' };

const provider = (conformIdTokenClaims, { registered, offered }) => {
  const client = {
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirect],
    token_endpoint_auth_method: registered,
    grant_types: ['authorization_code', 'refresh_token'],
  };
  const made = new Provider(origin, {
    clients: [client],
    clientAuthMethods: offered,
    jwks: { keys: [real.own] },
    cookies: { keys: ['of a test'] },
    conformIdTokenClaims,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    scopes: ['openid', 'email', 'profile', ...scopesOfX],
    issueRefreshToken: (_, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline.access'),
    rotateRefreshToken: true,
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Grant: 600, RefreshToken: 600, Session: 600 },
  });
  made.on('grant.success', (ctx) => note(ctx));
  made.on('grant.error', (ctx, error) => note(ctx, error.error));
  return { made, answer: made.callback() };
};
// One for each of its settings; what they keep, they keep in one place.
const providers = {};
const present = () => (providers[JSON.stringify([conform, methods])] ??= provider(conform, methods));

const body = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};
const json = (response, status, value) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

const interact = async (request, response) => {
  const { made } = present();
  const form = new URLSearchParams(await body(request));
  if (form.has('cancel')) {
    return made.interactionFinished(request, response, { error: 'access_denied' }, { mergeWithLastSubmission: false });
  }
  const { prompt, params, session } = await made.interactionDetails(request, response);
  if (prompt.name === 'login') {
    const amr = (form.get('amr') || 'pwd').split(',');
    return made.interactionFinished(request, response, { login: { accountId: form.get('login'), amr } }, { mergeWithLastSubmission: false });
  }
  const grant = new made.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return made.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
};

// GET /2/users/me of X.
const whoIs = async (request, response) => {
  const value = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const token = await present().made.AccessToken.find(value);
  if (!token?.scopes.has('users.read')) return json(response, 401, { title: 'Unauthorized', type: 'about:blank', status: 401 });
  const id = token.accountId;
  return json(response, 200, { data: { id, username: id, name: accounts[id]?.name ?? id } });
};

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOfFake = async () => {
  const { header = {}, claims = {}, by = 'key' } = fake.told;
  const now = Math.floor(Date.now() / 1000);
  const said = { iss: `${origin}/fake`, aud: clientId, sub: 'somebody', iat: now, exp: now + 600, ...claims };
  for (const name of Object.keys(said)) if (said[name] === null) delete said[name];
  const signed = `${part({ alg: 'RS256', kid: (await keyOfFake('key')).kid, ...header })}.${part(said)}`;
  if (by === 'nobody') return `${signed}.`;
  const { privateKey } = await keyOfFake(by);
  return `${signed}.${crypto.sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
};
const pretend = async (url, response) => {
  const { metadata = {}, status = 200 } = fake.told;
  if (url === '/fake/.well-known/openid-configuration') {
    return json(response, status, {
      issuer: `${origin}/fake`,
      authorization_endpoint: `${origin}/fake/auth`,
      token_endpoint: `${origin}/fake/token`,
      jwks_uri: `${origin}/fake/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      ...metadata,
    });
  }
  if (url === '/fake/jwks') return json(response, 200, { keys: [(await keyOfFake('key')).known] });
  if (url === '/fake/token' && status === 200) {
    return json(response, 200, { access_token: 'an access token', token_type: 'Bearer', id_token: await tokenOfFake() });
  }
  return json(response, status === 200 ? 404 : status, { error: 'invalid_grant' });
};

server.on('request', async (request, response) => {
  try {
    if (request.url === '/control' && request.method === 'GET') return json(response, 200, exchanges);
    if (request.url === '/control') {
      const told = JSON.parse(await body(request));
      accounts = told.accounts ?? accounts;
      conform = told.conform ?? conform;
      methods = told.methods ?? methods;
      fake.told = told.fake ?? fake.told;
      // Now, because whoever asks the fake later has little patience.
      if (told.fake) await Promise.all(['key', 'stranger'].map(keyOfFake));
      return json(response, 200, {});
    }
    if (request.url.startsWith('/fake')) return await pretend(request.url, response);
    if (request.url.startsWith('/interaction/') && request.method === 'POST') return await interact(request, response);
    const [path, query] = request.url.split('?');
    if (path === '/api.x.com/2/users/me') return await whoIs(request, response);
    if (path in ofX) request.url = ofX[path] + (query ? `?${query}` : '');
    // The library takes the secret either way; many a provider takes it as the client is registered alone.
    const basic = Boolean(request.headers.authorization);
    if (request.url === '/token' && basic !== (methods.registered === 'client_secret_basic')) {
      exchanges.push({ basic, post: !basic, error: 'invalid_client', gave: null });
      return json(response, 401, { error: 'invalid_client' });
    }
    return present().answer(request, response);
  } catch (error) {
    console.error(error);
    return json(response, 500, { error: String(error) });
  }
});
console.log(`ready ${origin}/`);
