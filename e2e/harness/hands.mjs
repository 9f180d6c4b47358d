// What a journey costs whoever does it by hand: gestures, and what had to be looked for. Owns the counts and how
// they are said; asserts nothing of a page.

import { performance } from "node:perf_hooks";

/** One person's hands at one screen, from now on. */
export class Hands {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
    this.taps = 0;
    this.fields = 0;
    this.characters = 0;
    this.screens = 0;
    this.scrolls = [];
    this.begun = performance.now();
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) this.screens += 1;
    });
  }

  /** One tap; what is out of sight had to be scrolled to first. */
  async tap(locator) {
    await locator.waitFor();
    const sight = this.page.viewportSize();
    const box = await locator.boundingBox();
    if (!box || box.y < 0 || box.y + box.height > sight.height) {
      this.scrolls.push((await locator.innerText()).trim());
    }
    this.taps += 1;
    await locator.click();
  }

  /** One field typed in; the tap that enters it is counted with it. */
  async type(locator, text) {
    this.fields += 1;
    this.characters += text.length;
    await locator.fill(text);
  }

  /** The gestures in all: each tap, each field, each time the page was scrolled. */
  get acts() {
    return this.taps + this.fields + this.scrolls.length;
  }

  /** The counts in a line, for the report of the test. */
  said(what) {
    const seconds = ((performance.now() - this.begun) / 1000).toFixed(1);
    const sought = this.scrolls.length ? ` (${this.scrolls.join(" · ")})` : "";
    return `${what}: ${this.acts} acts — ${this.taps} taps, ${this.fields} fields of ${this.characters} characters, ` +
      `${this.scrolls.length} scrolls${sought}; ${this.screens} screens; ${seconds} s by a machine`;
  }

  /**
   * Seconds a person takes, by the keystroke-level model: 1.1 s to aim and tap, 1.35 s to decide before each screen,
   * 0.5 s a character on a telephone, 1.5 s a scroll.
   */
  get seconds() {
    return this.taps * 1.1 + this.fields * 1.1 + this.screens * 1.35 + this.characters * 0.5 + this.scrolls.length * 1.5;
  }
}
