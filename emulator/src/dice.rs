//! Random numbers, for task ids and for faults with a probability.

const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// SplitMix64.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// `task_` and 16 random alphanumeric characters.
    pub fn task_id(&mut self) -> String {
        let mut bits = u128::from(self.next()) << 64 | u128::from(self.next());
        let mut id = String::from("task_");
        for _ in 0..16 {
            let letter = ALPHABET.get((bits % 32) as usize).copied();
            id.push(char::from(letter.unwrap_or(b'a')));
            bits /= 32;
        }
        id
    }

    /// Returns true with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 <= probability && probability > 0.0
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}

/// A number from 0 to 99 that depends only on `seed`: task durations vary, but tests stay repeatable.
pub fn spread(seed: u64) -> u64 {
    (seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_have_the_documented_form() {
        let mut dice = Dice::new(7);
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| dice.task_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| {
            id.strip_prefix("task_")
                .is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
        }));
        assert!(!ids.contains(&Dice::new(8).task_id()));
    }

    #[test]
    fn a_probability_of_0_never_happens_and_of_1_always() {
        let mut dice = Dice::new(7);
        assert!((0..1000).all(|_| dice.chance(1.0)));
        assert!((0..1000).all(|_| !dice.chance(0.0)));
        let half = (0..2000).filter(|_| dice.chance(0.5)).count();
        assert!((700..1300).contains(&half), "{half}");
    }
}
