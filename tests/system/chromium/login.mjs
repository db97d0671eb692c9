// A person with a real browser: logs in and consents on the provider's own pages, lands on the
// callback page and says what it saw.
//
// The authorization URL is the first line of standard input, never an argument. Prints one JSON
// object: {status, final_url, title, text, requests, problems}. `requests` is every path that the
// browser asked the callback listener for, favicon included; `problems` is what a page can do
// wrong: console errors, violations of its own content security policy, requests to elsewhere.
// A page with `default-src 'none'` is never asked for a favicon: its policy forbids images.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({
  options: {
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    account: { type: 'string', default: 'alice' },
    light: { type: 'string' },
    dark: { type: 'string' },
    timeout: { type: 'string', default: '30000' },
  },
});

// No network but loopback: a name that must not be asked for is not found at once.
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--no-first-run',
];

const folder = await mkdtemp(join(tmpdir(), 'oauthctl-chromium-'));
try {
  const report = await visit(await firstLine());
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function visit(address) {
  const log = join(folder, 'network.json');
  const browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: options.chromium,
    args: [...FLAGS, `--log-net-log=${log}`],
    chromiumSandbox: false,
    // crash reports go to the home folder whatever the profile is
    env: { PATH: process.env.PATH, HOME: folder },
    timeout: Number(options.timeout),
  });
  let seen;
  try {
    seen = await consent(browser, new URL(address));
  } finally {
    await browser.close();
  }
  // The network log is whole only after the end, and is the one witness of a favicon request.
  const requested = await urlsIn(log);
  const landing = new URL(seen.final_url).origin;
  return {
    ...seen,
    requests: requested
      .filter((url) => url.startsWith(`${landing}/`))
      .map((url) => new URL(url).pathname),
  };
}

async function consent(browser, address) {
  const page = browser.pages()[0] ?? await browser.newPage();
  page.setDefaultTimeout(Number(options.timeout));
  const problems = watch(page, address.origin);
  let answer = await page.goto(address.href);
  await page.fill('input[name=login]', options.account);
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
  await page.waitForSelector('input[name=prompt][value=consent]', { state: 'attached' });
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) {
      answer = response;
    }
  });
  await page.click('button[type=submit]');
  await page.waitForURL((url) => url.origin !== address.origin, { waitUntil: 'load' });
  if (options.light) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.screenshot({ path: options.light });
  }
  if (options.dark) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: options.dark });
  }
  return {
    status: answer.status(),
    final_url: page.url(),
    title: await page.title(),
    text: await page.innerText('body'),
    problems,
  };
}

// The provider's pages are not ours to judge: theirs ask for a web font.
function watch(page, provider) {
  const problems = [];
  const ours = (url) => URL.canParse(url) && new URL(url).origin !== provider;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && ours(page.url())) {
      problems.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const from = request.frame().url();
    const elsewhere = new URL(request.url()).origin !== new URL(from, provider).origin;
    if (ours(from) && elsewhere && !request.isNavigationRequest()) {
      problems.push(`request to ${new URL(request.url()).origin}`);
    }
  });
  return problems;
}

async function urlsIn(log) {
  const { constants, events } = JSON.parse(await readFile(log, 'utf8'));
  const started = constants.logEventTypes.URL_REQUEST_START_JOB;
  return events
    .filter((event) => event.type === started && event.params?.url)
    .map((event) => event.params.url);
}

async function firstLine() {
  for await (const line of createInterface({ input: process.stdin })) {
    return line.trim();
  }
  throw new Error('no authorization URL on standard input');
}
