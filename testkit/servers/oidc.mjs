// Runs a real OpenID provider on loopback.
//
//   node oidc.mjs <folder of node_modules> <port> <client id> <client secret> <redirect address>
//
// At / it is npm's oidc-provider with keys of this start. Its interactions are answered by forms, as a person would:
// POST /interaction/<uid> with `login` (whom the provider means) and `amr` (what they showed, with commas between), or
// `cancel`. At /fake it is a provider that says whatever it is told: for answers that a real one cannot be made to give.
// POST /control with JSON sets `accounts` (claims by login), `conform` (whether the ID token leaves the address to the
// userinfo endpoint) and `fake`.
//
// Prints one line when ready, and stops when its standard input ends, so that it never outlives the test that started it.
import crypto from 'node:crypto';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, port, clientId, clientSecret, redirect] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(path.join(modules, file)));
const { Provider } = await load('oidc-provider/lib/index.js');

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

const origin = `http://127.0.0.1:${port}`;
const keyPair = () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = crypto.randomUUID();
  const mark = { kid, use: 'sig', alg: 'RS256' };
  return { kid, privateKey, own: { ...privateKey.export({ format: 'jwk' }), ...mark }, known: { ...publicKey.export({ format: 'jwk' }), ...mark } };
};

const real = keyPair();
const fake = { key: keyPair(), stranger: keyPair(), told: {} };
let accounts = {};
let conform = true;

const provider = (conformIdTokenClaims) => {
  const made = new Provider(origin, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirect] }],
    jwks: { keys: [real.own] },
    cookies: { keys: ['of a test'] },
    conformIdTokenClaims,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Grant: 600, Session: 600 },
  });
  return { made, answer: made.callback() };
};
const providers = { true: provider(true), false: provider(false) };

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
  const { made } = providers[conform];
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

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOfFake = () => {
  const { header = {}, claims = {}, by = 'key' } = fake.told;
  const now = Math.floor(Date.now() / 1000);
  const said = { iss: `${origin}/fake`, aud: clientId, sub: 'somebody', iat: now, exp: now + 600, ...claims };
  for (const name of Object.keys(said)) if (said[name] === null) delete said[name];
  const signed = `${part({ alg: 'RS256', kid: fake.key.kid, ...header })}.${part(said)}`;
  const signature = by === 'nobody' ? '' : crypto.sign('RSA-SHA256', Buffer.from(signed), fake[by].privateKey).toString('base64url');
  return `${signed}.${signature}`;
};
const pretend = (url, response) => {
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
  if (url === '/fake/jwks') return json(response, 200, { keys: [fake.key.known] });
  if (url === '/fake/token' && status === 200) {
    return json(response, 200, { access_token: 'an access token', token_type: 'Bearer', id_token: tokenOfFake() });
  }
  return json(response, status === 200 ? 404 : status, { error: 'invalid_grant' });
};

const server = http.createServer(async (request, response) => {
  try {
    if (request.url === '/control') {
      const told = JSON.parse(await body(request));
      accounts = told.accounts ?? accounts;
      conform = told.conform ?? conform;
      fake.told = told.fake ?? fake.told;
      return json(response, 200, {});
    }
    if (request.url.startsWith('/fake')) return pretend(request.url, response);
    if (request.url.startsWith('/interaction/') && request.method === 'POST') return await interact(request, response);
    return providers[conform].answer(request, response);
  } catch (error) {
    console.error(error);
    return json(response, 500, { error: String(error) });
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
