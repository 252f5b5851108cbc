//! Random names and dice, without a dependency: the standard library seeds its hash maps from the system.

use std::hash::{BuildHasher, RandomState};

const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A new task id: `task_` and 16 random alphanumerics.
pub fn task_id() -> String {
    let mut bits = u128::from(random()) << 64 | u128::from(random());
    let mut id = String::from("task_");
    for _ in 0..16 {
        let letter = ALPHABET.get((bits % 32) as usize).copied();
        id.push(char::from(letter.unwrap_or(b'a')));
        bits /= 32;
    }
    id
}

/// Whether something of this probability happens this time.
pub fn chance(probability: f64) -> bool {
    (random() >> 11) as f64 / (1_u64 << 53) as f64 <= probability && probability > 0.0
}

fn random() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// A number from 0 to 99 that depends on `seed` alone, to spread tasks without making tests random.
pub fn spread(seed: u64) -> u64 {
    (seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_have_the_documented_look() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| task_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| {
            id.strip_prefix("task_")
                .is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
        }));
    }

    #[test]
    fn chances_keep_their_ends() {
        assert!((0..1000).all(|_| chance(1.0)));
        assert!((0..1000).all(|_| !chance(0.0)));
        let half = (0..2000).filter(|_| chance(0.5)).count();
        assert!((700..1300).contains(&half), "{half}");
    }
}
