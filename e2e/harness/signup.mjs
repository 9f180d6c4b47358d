// How somebody joins, up to the step where one says how one will sign in. Owns the gestures every journey
// of a newcomer begins with; what a journey is about, it does itself.

import { codeAt } from "./codes.mjs";

/** The number of a doctor of the demonstration's directory who is nobody's member. */
export const RPPS = "99710000011";

/** Finds themselves in the directory, and proves a telephone and a mailbox. */
export async function proved(page, demo) {
  await page.goto("/inscription");
  await page.getByLabel("Numéro RPPS").fill(RPPS);
  await page.getByLabel("Nom d’exercice").fill("Corvo");
  await page.getByRole("button", { name: "Continuer" }).click();
  await page.getByLabel("Code du réseau").fill(demo.account("coordinator").network);
  if ((await page.locator("input[name=insee]").count()) > 0) await page.getByText("Palaiseau").click();
  await page.getByLabel("Votre mobile").fill("06 39 98 91 01");
  await page.getByLabel("Votre courriel").fill("corvo@exemple.fr");
  await page.getByRole("button", { name: "Recevoir les codes" }).click();
  await page.getByRole("heading", { name: "Les deux codes reçus" }).waitFor();
  await page.getByLabel("Le code reçu par SMS").fill(await codeAt(demo, "+33639989101"));
  await page.getByLabel("Le code reçu par courriel").fill(await codeAt(demo, "corvo@exemple.fr"));
  await page.getByRole("button", { name: "Continuer" }).click();
  await page.getByRole("heading", { name: "Comment vous vous connecterez" }).waitFor();
}
