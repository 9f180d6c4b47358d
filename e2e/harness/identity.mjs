// Invented patients whose every field is a canary: a string that appears nowhere else in the
// demonstration, so that seeing one anywhere proves a leak (I4). Owns their making and the scan.

import assert from "node:assert/strict";

let made = 0;

/** A patient of `insee` whose name, phone, street and birth date are unmistakable. */
export function canary(insee, postcode) {
  made += 1;
  const n = String(made).padStart(2, "0");
  return {
    birth_name: `Quatrecanaris${"abcdefghij"[made % 10]}`,
    first_names: `Zéphyrine${"klmnopqrst"[made % 10]}`,
    used_name: null,
    sex: "F",
    birth_date: `1953-07-${String(10 + (made % 15)).padStart(2, "0")}`,
    phone: `+336399887${n}`,
    address: { line: `${70 + made} allée des Canaris-Muets`, postcode, insee },
    carer_phone: null,
  };
}

/** Every way a field of this patient could be written out. */
export function traces(patient) {
  const national = `0${patient.phone.slice(3)}`;
  const [year, month, day] = patient.birth_date.split("-");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "");
  const names = [patient.birth_name, patient.first_names];
  return [
    ...names,
    ...names.map(plain),
    patient.phone,
    national,
    national.replace(/(\d\d)(?=\d)/g, "$1 "),
    national.replace(/(\d\d)(?=\d)/g, "$1."),
    patient.birth_date,
    `${day}/${month}/${year}`,
    "Canaris-Muets",
    encodeURIComponent(patient.first_names),
    encodeURIComponent(patient.phone),
  ];
}

/** Fails, naming the place, when `text` shows anything of `patient`. Case does not matter. */
export function assertSilent(text, patient, where) {
  const low = text.toLowerCase();
  const shown = traces(patient).find((trace) => low.includes(trace.toLowerCase()));
  assert.equal(shown, undefined, `identity shown in ${where}: ${shown}`);
}

/** The opposite: this person has the right, so the page must really show the patient. */
export function assertShown(text, patient, where) {
  assert.ok(
    text.toLowerCase().includes(patient.birth_name.toLowerCase()),
    `${where} does not show the patient to somebody who has the right`,
  );
}
