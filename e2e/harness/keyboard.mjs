// What a person does with a keyboard and nothing else. Owns the gestures; knows no page.

import assert from "node:assert/strict";

/** A `<select>` reached by Tab, moved by arrows until it stands at `value`. */
export async function choose(person, locator, value) {
  await person.tabTo(locator);
  const above = await locator.evaluate((list, wanted) => [...list.options].findIndex((one) => one.value === wanted) < list.selectedIndex, value);
  for (let presses = 0; presses < 80; presses += 1) {
    if ((await locator.inputValue()) === value) return;
    await person.page.keyboard.press(above ? "ArrowUp" : "ArrowDown");
  }
  assert.fail(`no option ${value}: stuck at ${await locator.inputValue()}`);
}

/** A text field reached by Tab and typed into. */
export async function type(person, locator, text) {
  await person.tabTo(locator);
  await person.page.keyboard.press("Control+A");
  await person.page.keyboard.type(text);
}

/** A radio of the group `name`: Tab enters the group, arrows move in it. */
export async function pick(person, name, value) {
  const group = person.page.locator(`input[type=radio][name="${name}"]`);
  const wanted = group.and(person.page.locator(`[value="${value}"]`));
  const checked = group.and(person.page.locator(":checked"));
  const entry = (await checked.count()) > 0 ? checked.first() : group.first();
  await person.tabTo(entry);
  if (await wanted.isChecked()) return;
  if (await wanted.evaluate((element) => element === document.activeElement)) {
    await person.page.keyboard.press("Space");
    return;
  }
  const count = await group.count();
  for (let presses = 0; presses < count; presses += 1) {
    await person.page.keyboard.press("ArrowRight");
    if (await wanted.isChecked()) return;
  }
  assert.fail(`could not choose ${name} = ${value} with the arrows`);
}
