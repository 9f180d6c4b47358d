//! What is found of an identity, and what is left alone.

use super::*;
use relais_store::seal::Secret;

fn identity() -> Identity {
    let secret = |text: &str| Secret::new(text.to_owned());
    Identity {
        birth_name: secret("Tervaux-Maki"),
        used_name: None,
        first_names: secret("Éloïse Anne"),
        birth_date: secret("1951-04-02"),
        phone: secret("+33639984107"),
        carer_phone: None,
        address_line: secret("8 allée des Tilleuls"),
    }
}

fn found(comment: &str) -> Option<&'static str> {
    identity_in(comment, &identity()).map(|found| found.what)
}

#[test]
fn every_part_of_the_identity_is_found_however_it_is_written() {
    assert_eq!(
        found("Mme TERVAUX a de la fièvre"),
        Some("le nom du patient")
    );
    assert_eq!(found("voir eloise ce soir"), Some("le prénom du patient"));
    assert_eq!(found("rappeler au 06.39 98 41-07"), Some("son téléphone"));
    assert_eq!(found("+33 6 39 98 41 07"), Some("son téléphone"));
    assert_eq!(found("née le 2/4/1951"), Some("sa date de naissance"));
    assert_eq!(found("habite allee des tilleuls"), Some("son adresse"));
}

#[test]
fn ordinary_comments_pass() {
    for comment in [
        "",
        "Peut se déplacer jusqu’à 19 h",
        "fièvre 38,4 depuis 2 jours",
        "allée",
    ] {
        assert_eq!(found(comment), None, "{comment}");
    }
}

#[test]
fn the_place_is_shown_without_repeating_the_name() {
    let comment = "Très gênée, Mme Tervaux tousse";
    let place = identity_in(comment, &identity()).unwrap();
    let told = sentence(comment, &place);
    assert!(
        told.contains("au caractère 17") && !told.contains("Tervaux"),
        "{told}"
    );
}

#[test]
fn a_name_is_found_in_any_disguise() {
    for comment in [
        "Mme Ter\u{200b}vaux",
        "Ter\u{ad}vaux",
        "Te\u{301}rvaux",
        "T\u{e0065}ervaux",
        "T e r v a u x",
        "T.e.r.v.a.u.x.",
        "Ter-vaux",
        "Ter_vaux",
        "MmeTervaux",
        "mmetervaux",
        "TervauxMaki",
        "tervauxmaki",
        "les Tervauxs",
        "T3rv4ux",
        "Tervau\u{445}",
        "Тerv\u{430}ux",
        "Ｔｅｒｖａｕｘ",
        "mr maki",
    ] {
        assert_eq!(found(comment), Some("le nom du patient"), "{comment}");
    }
    assert_eq!(found("É l o ï s e"), Some("le prénom du patient"));
    assert_eq!(found("Elo ise"), Some("le prénom du patient"));
    assert_eq!(found("rue des Til\u{200d}leuls"), Some("son adresse"));
}

#[test]
fn a_name_in_two_words_is_found_in_one_and_the_other_way_round() {
    let named = |birth: &str, comment: &str| {
        let mut identity = identity();
        identity.birth_name = Secret::new(birth.to_owned());
        identity_in(comment, &identity).map(|found| found.what)
    };
    let name = Some("le nom du patient");
    assert_eq!(named("Legoff", "voir Mme Le Goff"), name);
    assert_eq!(named("Le Goff", "voir Mme Legoff"), name);
    assert_eq!(named("Ly", "Mme Ly tousse"), name);
    assert_eq!(named("Ly", "il ly a pas"), None);
    assert_eq!(named("Blanc", "crachats blanchâtres"), None);
    assert_eq!(named("Roche", "se rapproche"), None);
    assert_eq!(named("Léa", "le a jeun"), None);
}

#[test]
fn a_number_is_found_whatever_separates_its_digits() {
    for comment in [
        "06,39,98,41,07",
        "06_39_98_41_07",
        "06\n39\n98\n41\n07",
        "06:39:98|41*07",
        "06\u{200b}39984107",
        "０６３９９８４１０７",
        "٠٦٣٩٩٨٤١٠٧",
        "0033639984107",
        "zéro six trente-neuf quatre-vingt-dix-huit quarante et un zéro sept",
    ] {
        assert_eq!(found(comment), Some("son téléphone"), "{comment}");
    }
    for comment in [
        "née le 2 avril 1951",
        "02 AVR 1951",
        "du 02 avr. 51",
        "2.4.51",
        "1951_04_02",
    ] {
        assert_eq!(found(comment), Some("sa date de naissance"), "{comment}");
    }
    for comment in [
        "TA 12/8, pouls 98, 38,4",
        "depuis le 2 avril",
        "2 fois, 4 jours",
    ] {
        assert_eq!(found(comment), None, "{comment}");
    }
}
