// Drives a real Chromium, without a window.
//
//   node browser.mjs <folder of node_modules> <chromium> <empty folder for its profile>
//
// Prints one line when ready. Then each line of standard input is one thing to do, as JSON, and is answered by one line: how the
// page stands after it, or `{ "error": ... }`. Stops when its standard input ends, so that it never outlives the test that
// started it.
//
//   { "open": address, "width": 360, "height": 740, "language": "fa" }
//   { "fill": selector, "text": ... }
//   { "click": selector }                 and waits for the page that follows
//   { "picture": path }                   of the whole page, as PNG
//   { "authenticator": options }          gives the page one in software, by the DevTools protocol (WebAuthn): CTAP2, within the
//                                         device, with discoverable credentials and a verified user, unless `options` say else
//   { "run": function, "given": value }   runs it in the page; answers `value`
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const [modules, executablePath, profile] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'index.js'));
const { chromium } = require('playwright-core');

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  // The tests may run as root, where Chromium has no sandbox, and it has no business outside of this machine.
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const page = context.pages()[0] ?? (await context.newPage());

// What the page asked for and did not get, or what its policy forbade.
let troubles = [];
page.on('console', (message) => {
  // Every browser asks once for a picture to stand beside the address, and the pages have none.
  const icon = message.location().url.endsWith('/favicon.ico');
  if (message.type() === 'error' && !icon) troubles.push(message.text());
});
page.on('pageerror', (error) => troubles.push(String(error)));

let status = 0;
async function go(going) {
  troubles = [];
  const [response] = await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), going()]);
  status = response?.status() ?? 0;
}

const look = () =>
  page.evaluate(() => {
    const root = document.documentElement;
    const name = (element) => `${element.tagName.toLowerCase()} ${element.name ?? ''}`.trim();
    const touched = [...document.querySelectorAll('button, textarea, input:not([type=hidden])')];
    // A picture that is not on the screen yet is not asked for.
    const pictures = [...document.images];
    pictures.forEach((picture) => (picture.loading = 'eager'));
    return Promise.all(pictures.map((picture) => picture.decode().then(() => true, () => false))).then((shown) => ({
      lang: root.lang,
      dir: getComputedStyle(document.body).direction,
      title: document.title,
      text: document.body.innerText,
      // How many pixels wider the page is than the screen.
      overflow: root.scrollWidth - root.clientWidth,
      // What is smaller than a finger (44 pixels, WCAG 2.5.5).
      small: touched.filter((element) => element.getBoundingClientRect().height < 44).map(name),
      pictures: shown,
    }));
  });

// An authenticator is the page's, and stays when it goes elsewhere.
async function authenticate(given) {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...ability, ...given } });
}
const ability = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true };

async function perform(order) {
  if (order.authenticator) {
    await authenticate(order.authenticator);
    return {};
  }
  if (order.run) {
    // Evaluated as in the console: the page's policy is about the page's own scripts.
    return { value: await page.evaluate(`(${order.run})(${JSON.stringify(order.given ?? null)})`) };
  }
  if (order.open) {
    await context.setExtraHTTPHeaders({ 'Accept-Language': order.language ?? 'en' });
    await page.setViewportSize({ width: order.width ?? 1280, height: order.height ?? 800 });
    await go(() => page.goto(order.open));
  } else if (order.fill) {
    await page.fill(order.fill, order.text);
  } else if (order.click) {
    await go(() => page.click(order.click));
  } else if (order.picture) {
    await page.screenshot({ path: order.picture, fullPage: true });
  }
  return { status, ...(await look()), troubles };
}

console.log('ready');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const answer = await perform(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify(answer));
}
await context.close();
process.exit(0);
