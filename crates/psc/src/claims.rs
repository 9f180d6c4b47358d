//! What the provider says of a professional beside the standard claims. Everything may be missing:
//! employees, students and regulators have no practice; new fields appear without notice.

use openidconnect::AdditionalClaims;
use relais_gateways::identity::Activity;
use serde::{Deserialize, Serialize};

/// Most ways of practising read: more than anybody has.
const ACTIVITIES_MAX: usize = 40;
/// Longest name of a place kept, characters.
const PLACE_MAX: usize = 120;

/// The provider's own claims.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    /// `8` and the RPPS number for whoever has one.
    #[serde(rename = "SubjectNameID")]
    pub(crate) subject_name_id: Option<String>,
    #[serde(rename = "SubjectRefPro")]
    pub(crate) reference: Option<Reference>,
}

impl AdditionalClaims for Said {}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Reference {
    exercices: Option<Vec<Exercise>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Exercise {
    #[serde(rename = "codeProfession")]
    profession: Option<String>,
    #[serde(rename = "nomDexercice")]
    last_name: Option<String>,
    #[serde(rename = "codeSavoirFaire")]
    skill: Option<String>,
    activities: Option<Vec<Place>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    #[serde(rename = "codeModeExercice")]
    mode: Option<String>,
    #[serde(rename = "codeSecteurDactivite")]
    sector: Option<String>,
    #[serde(rename = "raisonSocialeSite")]
    company: Option<String>,
    #[serde(rename = "enseigneCommercialeSite")]
    sign: Option<String>,
    #[serde(rename = "codePostal")]
    postcode: Option<String>,
}

fn kept(text: Option<String>) -> String {
    let text = text.unwrap_or_default();
    let plain = text.trim().chars().filter(|c| !c.is_control());
    plain.take(PLACE_MAX).collect()
}

impl Said {
    /// The name somebody practises under, when it is said.
    pub(crate) fn last_name(&self) -> Option<String> {
        let exercises = self.reference.as_ref()?.exercices.as_ref()?;
        let name = exercises.iter().find_map(|one| one.last_name.clone())?;
        (!name.trim().is_empty()).then_some(kept(Some(name)))
    }

    /// Every way they practise. An exercise without a place is one still.
    pub(crate) fn activities(self) -> Vec<Activity> {
        let exercises = self.reference.and_then(|reference| reference.exercices);
        let mut all = Vec::new();
        for exercise in exercises.unwrap_or_default() {
            let mut places = exercise.activities.unwrap_or_default();
            if places.is_empty() {
                places.push(Place::default());
            }
            for place in places {
                let name = kept(place.sign);
                all.push(Activity {
                    profession: kept(exercise.profession.clone()),
                    skill: kept(exercise.skill.clone()),
                    mode: kept(place.mode),
                    sector: kept(place.sector),
                    place: if name.is_empty() {
                        kept(place.company)
                    } else {
                        name
                    },
                    postcode: kept(place.postcode),
                });
            }
        }
        all.truncate(ACTIVITIES_MAX);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_activity_of_each_exercise_is_one_and_holes_are_no_obstacle() {
        let text = r#"{"SubjectNameID":"899700218896","Inconnu":[1],"SubjectRefPro":{"codeCivilite":"MME","exercices":[
            {"codeProfession":"10","nomDexercice":"EXEMPLE","codeSavoirFaire":"SM54","activities":[
              {"codeModeExercice":"L","codeSecteurDactivite":"SA07","raisonSocialeSite":"CABINET","enseigneCommercialeSite":""},
              {"codeModeExercice":"S","enseigneCommercialeSite":"CLINIQUE DES LILAS","codePostal":null}]},
            {"codeProfession":"60"}]}}"#;
        let said: Said = serde_json::from_str(text).unwrap();
        assert_eq!(said.last_name().as_deref(), Some("EXEMPLE"));
        let all = said.activities();
        let shown: Vec<_> = all
            .iter()
            .map(|a| format!("{}/{}/{}/{}", a.profession, a.skill, a.mode, a.place))
            .collect();
        assert_eq!(
            shown,
            ["10/SM54/L/CABINET", "10/SM54/S/CLINIQUE DES LILAS", "60///"]
        );
        let nothing: Said = serde_json::from_str(r#"{"SubjectRefPro":{"exercices":[]}}"#).unwrap();
        assert_eq!(nothing.activities(), Vec::new());
        let none: Said = serde_json::from_str("{}").unwrap();
        assert_eq!(none.last_name(), None);
    }
}
