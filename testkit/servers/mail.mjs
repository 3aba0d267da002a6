// Runs a real mail catcher on loopback.
//
//   node mail.mjs <folder of node_modules> <folder for mail> <port of SMTP> <port of the list of mail>
//
// Takes mail for everybody but those at refused.example, whom it refuses for good. Prints a line `ready`, and stops
// when its standard input ends, so that it never outlives the test that started it.
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, folder, smtp, web] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'index.js'));

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

const maildev = require.resolve('maildev');
const { SMTPServer } = createRequire(maildev)('smtp-server');
SMTPServer.prototype.onRcptTo = (address, session, callback) => {
  const refused = address.address.endsWith('@refused.example');
  callback(refused ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null);
};
const MailDev = require('maildev');
const server = new MailDev({ ip: '127.0.0.1', smtp: Number(smtp), web: Number(web), mailDirectory: folder, silent: true });
server.listen((error) => {
  if (error) throw error;
  console.log('ready');
});
