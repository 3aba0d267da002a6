// Runs a real PDS with a PLC directory in memory, both on loopback and on free ports.
//
//   node bluesky.mjs <folder of node_modules> <data folder> [<address it tells everyone, when not its own>]
//
// Prints a line `ready {"pds": url, "plc": url}`, and stops when its standard input ends, so that it never outlives the test
// that started it.
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, data, publicUrl] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'index.js'));

// Both servers would listen on every interface. They get a server that holds a loopback port already: the port is
// known before the configuration is made, and nobody else can take it meanwhile.
async function reserve() {
  const server = http.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function listenOn(app, server) {
  app.listen = () => {
    server.on('request', app);
    process.nextTick(() => server.emit('listening'));
    return server;
  };
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

const plcModule = require('@did-plc/server');
const plcServer = await reserve();
const plcUrl = `http://localhost:${plcServer.address().port}`;
const plc = plcModule.PlcServer.create({ db: plcModule.Database.mock(), port: plcServer.address().port });
listenOn(plc.app, plcServer);
await plc.start();

const { PDS, envToCfg, envToSecrets } = require('@atproto/pds');
const pdsServer = await reserve();
const port = pdsServer.address().port;
const env = {
  devMode: true,
  port,
  hostname: 'localhost',
  didPlcUrl: plcUrl,
  dataDirectory: data,
  blobstoreDiskLocation: path.join(data, 'blobs'),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  rateLimitsEnabled: false,
  // There is no AppView: nobody listens on this port, so its reads are answered with 502 UpstreamFailure.
  bskyAppViewUrl: 'http://localhost:9',
  bskyAppViewDid: 'did:web:localhost',
  adminPassword: 'admin',
  jwtSecret: 'only-for-tests-on-loopback',
  plcRotationKeyK256PrivateKeyHex: '11'.repeat(32),
};
const config = envToCfg(env);
if (publicUrl) {
  config.service.publicUrl = publicUrl.replace(/\/$/, '');
}
const pds = await PDS.create(config, envToSecrets(env));
listenOn(pds.app, pdsServer);
await pds.start();

process.stdout.write(`ready ${JSON.stringify({ pds: `http://localhost:${port}`, plc: plcUrl })}\n`);
