// A person who opens a page that lies on the disk, in light and in dark, and opens what is folded.
//
// The page's path is the first argument. Prints one JSON object: {title, text, grounds, requests,
// problems}. `grounds` is the page's background in light and in dark; `requests` is every address
// but the page's own that it asked for; `problems` is console errors and warnings, violations of its
// policy among them.

import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const { values: options, positionals: [file] } = parseArgs({
  allowPositionals: true,
  options: {
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    light: { type: 'string' },
    dark: { type: 'string' },
  },
});
const address = pathToFileURL(file).href;
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: ['--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND'],
  chromiumSandbox: false,
  env: { PATH: process.env.PATH, HOME: process.env.HOME },
});
try {
  const page = await browser.newPage();
  const [problems, requests, grounds] = [[], [], []];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== address) {
      requests.push(request.url());
    }
  });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.goto(address, { waitUntil: 'load' });
    for (const folded of await page.locator('summary').all()) {
      await folded.click();
    }
    grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    if (options[colorScheme]) {
      await page.screenshot({ path: options[colorScheme], fullPage: true });
    }
  }
  const [title, text] = [await page.title(), await page.innerText('body')];
  process.stdout.write(`${JSON.stringify({ title, text, grounds, requests, problems })}\n`);
} finally {
  await browser.close();
}
