// Drives one browser by orders that come as JSON, one a line, and answers each with one line.
// argv: the browser's file.
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {createInterface} from "node:readline";
import puppeteer from "puppeteer-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// Root can't have the browser's own sandbox; the only pages it sees are ours.
const browser = await puppeteer.launch({executablePath: process.argv[2], args: ["--no-sandbox", "--disable-dev-shm-usage"]});
let page;
let said = [];

const orders = {
  async open({url, width = 1280, height = 800, dark = false}) {
    await page?.close();
    page = await browser.newPage();
    said = [];
    page.on("console", message => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", fault => said.push(`error: ${fault.message}`));
    page.on("requestfailed", request => said.push(`request failed: ${request.url()}`));
    page.on("dialog", dialog => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    await page.setViewport({width, height});
    await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: dark ? "dark" : "light"}]);
    const answer = await page.goto(url, {waitUntil: "networkidle0"});
    return {status: answer.status(), headers: answer.headers()};
  },
  evaluate: ({script}) => page.evaluate(script),
  wait: async ({condition}) => { await page.waitForFunction(condition); },
  press: ({key}) => page.keyboard.press(key),
  type: ({text}) => page.keyboard.type(text),
  screenshot: async ({file}) => { await page.screenshot({path: file, fullPage: true}); },
  said: () => said,
  // The page's policy lets no script in, so the rules go in past it.
  async faults() {
    const client = await page.createCDPSession();
    await client.send("Runtime.evaluate", {expression: axe});
    const {violations} = await page.evaluate(() => window.axe.run());
    return violations.map(v => ({rule: v.id, impact: v.impact, help: v.help, at: v.nodes.map(n => n.html.slice(0, 200))}));
  },
};

for await (const line of createInterface({input: process.stdin})) {
  const order = JSON.parse(line);
  let answer;
  try {
    answer = {value: await orders[order.do](order) ?? null};
  } catch (fault) {
    answer = {fault: fault.message};
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
