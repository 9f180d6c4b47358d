//! Segments against vectors computed elsewhere.

use relais_gateways::sms::segments;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    text: String,
    encoding: String,
    segments: Vec<usize>,
}

#[test]
fn segments_are_those_of_the_vectors() {
    let file = include_str!("../data/sms_segments.json");
    let all: Vectors = serde_json::from_str(file).unwrap();
    assert!(all.vectors.len() >= 18);
    for vector in all.vectors {
        let found = segments(&vector.text);
        let expect = (vector.encoding.as_str(), vector.segments);
        assert_eq!(
            (found.encoding.code(), found.parts),
            expect,
            "{}",
            vector.text
        );
    }
}

#[test]
fn an_empty_text_has_no_segment_and_units_add_up() {
    assert_eq!(segments("").count(), 0);
    for text in ["a", &"€".repeat(200), &"😀".repeat(50), &"é".repeat(161)] {
        let found = segments(text);
        assert_eq!(found.units, found.parts.iter().sum::<usize>());
    }
}
