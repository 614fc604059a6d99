// Looks at pages in headless Chromium: every fault on a line of the standard
// output, then the number of looks, and status 1 if there is a fault.
//
//   node look.mjs FILE.html...
//
// A page has no fault if axe-core finds nothing on the screen and in print, the console
// stays silent, the page requests nothing but itself, nothing is cut off on a screen, a
// narrow one, A4 or Letter, no word is broken on paper, and a page of the class one-page
// prints on one sheet. If
// NEUROCHECK_SCREENSHOTS names a folder, pictures and PDFs are written there; in the one
// that NEUROCHECK_PRINTS names, PDFs alone.
//
// The modules are looked for here, or in the folder NEUROCHECK_BROWSER_MODULES; the
// browser is the one named by NEUROCHECK_CHROMIUM.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const at = process.env.NEUROCHECK_BROWSER_MODULES;
const require = createRequire(at ? path.resolve(at, 'package.json') : import.meta.url);
const { chromium } = require('playwright-core');
const axe = require.resolve('axe-core/axe.min.js');
const pictures = process.env.NEUROCHECK_SCREENSHOTS;
const prints = pictures ?? process.env.NEUROCHECK_PRINTS;

const px = (mm) => Math.round((mm * 96) / 25.4);
const margins = 2 * 13; // mm, to the left and the right: see style.css
const papers = { A4: px(210 - margins), Letter: px(215.9 - margins) };

const browser = await chromium.launch({
  executablePath: process.env.NEUROCHECK_CHROMIUM,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

let faults = 0;
let looks = 0;

async function look(file) {
  const name = path.basename(file, '.html');
  const say = (what) => {
    faults++;
    console.log(`${name}: ${what}`);
  };
  // axe is put in by the debugger, past the page's policy, which stays in force.
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  const url = pathToFileURL(path.resolve(file)).href;
  page.on('console', (m) => say(`console: ${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => say(`error: ${e.message}`));
  page.on('request', (r) => r.url() === url || say(`asks for ${r.url()}`));
  await page.goto(url);

  const onePage = await page.evaluate(() => document.body.classList.contains('one-page'));

  const fits = async (where) => {
    looks++;
    const wide = await page.evaluate(() => {
      const root = document.documentElement;
      const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
      const cut = [...document.querySelectorAll('th, td, dd, dt, p, li, h1, h2')].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline');
      return [root.scrollWidth > root.clientWidth && `scrolls: ${root.scrollWidth} > ${root.clientWidth}`, ...[...out, ...cut].map((e) => `<${e.tagName} class="${e.getAttribute('class') ?? ''}"> is cut off`)].filter(Boolean);
    });
    [...new Set(wide)].forEach((w) => say(`${where}: ${w}`));
  };
  // A word of letters that has room in a column ends on the line on which it begins, and
  // the texts of a drawing lie inside of it.
  const unbroken = async (where) => {
    const wrong = await page.evaluate(() => {
      const found = [];
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        for (const word of node.data.matchAll(/(?<![^\s(])[a-z]{5,14}(?![^\s,;:.)])/g)) {
          const range = document.createRange();
          range.setStart(node, word.index);
          range.setEnd(node, word.index + word[0].length);
          if (new Set([...range.getClientRects()].map((r) => r.top)).size > 1) found.push(`the word ${word[0]} is broken`);
        }
      }
      for (const svg of document.querySelectorAll('svg.trend')) {
        const edge = svg.viewBox.baseVal;
        for (const text of svg.querySelectorAll('text')) {
          const box = text.getBBox();
          if (box.x < edge.x || box.x + box.width > edge.x + edge.width) found.push(`${text.textContent} is outside of its drawing`);
        }
      }
      return found;
    });
    [...new Set(wrong)].forEach((w) => say(`${where}: ${w}`));
  };
  const judged = async (where) => {
    looks++;
    const { violations, incomplete, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
    if (passes.length === 0) say(`${where}: axe judged nothing`);
    for (const v of [...violations, ...incomplete]) {
      // axe cannot tell what lies behind the text of a drawing, and says so.
      const nodes = v.nodes.filter((n) => violations.includes(v) || v.id !== 'color-contrast' || !n.html.startsWith('<text'));
      nodes.forEach((n) => say(`${where}: axe: ${v.id}: ${v.help}: ${n.html.slice(0, 160)}`));
    }
  };

  const source = require('node:fs').readFileSync(axe, 'utf8');
  await page.evaluate(source);
  for (const media of ['screen', 'print']) {
    await page.emulateMedia({ media });
    await judged(media);
  }
  await page.emulateMedia({ media: 'screen' });
  await fits('screen');
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}-screen.png`), fullPage: true });
  await page.setViewportSize({ width: 390, height: 800 });
  await fits('narrow screen');
  await page.emulateMedia({ media: 'print' });
  for (const [format, width] of Object.entries(papers)) {
    await page.setViewportSize({ width, height: 1000 });
    await fits(format);
    await unbroken(format);
    const pdf = await page.pdf({ format, preferCSSPageSize: false, ...(prints && { path: path.join(prints, `${name}-${format}.pdf`) }) });
    if (pdf.subarray(0, 5).toString() !== '%PDF-') say(`${format}: no PDF`);
    const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    if (onePage && sheets !== 1) say(`${format}: ${sheets} sheets, and one is meant`);
  }
  if (pictures) {
    await page.screenshot({ path: path.join(pictures, `${name}-paper.png`), fullPage: true });
    await page.addStyleTag({ content: 'html { filter: grayscale(1); }' });
    await page.screenshot({ path: path.join(pictures, `${name}-grey.png`), fullPage: true });
  }
}

const files = process.argv.slice(2);
try {
  for (const file of files) await look(file);
} finally {
  await browser.close();
}
console.log(`${files.length} pages, ${looks} looks, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
