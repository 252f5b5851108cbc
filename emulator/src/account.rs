//! API keys and their credits.

use serde_json::{Value, json};

/// An account. Its API key is never shown: responses and the ledger name accounts by number.
#[derive(Clone, Debug)]
pub struct Account {
    key: String,
    credits: u64,
    reserved: u64,
}

impl Account {
    pub fn new(key: impl Into<String>, credits: u64) -> Self {
        Self {
            key: key.into(),
            credits,
            reserved: 0,
        }
    }

    pub fn has_key(&self, key: &str) -> bool {
        self.key == key
    }

    /// The credits that running tasks have not reserved.
    pub fn available(&self) -> u64 {
        self.credits.saturating_sub(self.reserved)
    }

    /// Sets the balance. Running tasks keep their reservations.
    pub fn set_credits(&mut self, credits: u64) {
        self.credits = credits;
    }

    /// Reserves the price of a new task. Returns false if there are not enough credits.
    pub fn reserve(&mut self, price: u64) -> bool {
        let enough = price <= self.available();
        if enough {
            self.reserved += price;
        }
        enough
    }

    /// Ends a reservation. A completed task is charged, a failed one is not.
    pub fn settle(&mut self, price: u64, completed: bool) {
        self.reserved = self.reserved.saturating_sub(price);
        if completed {
            self.credits = self.credits.saturating_sub(price);
        }
    }

    /// The documented response of GET account/credits.
    pub fn to_json(&self) -> Value {
        json!({ "credits": self.credits, "availableCredits": self.available() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reservation_is_charged_if_the_task_completes_and_released_if_it_fails() {
        let mut account = Account::new("k", 500);
        assert!(account.reserve(200) && account.reserve(300));
        assert!(!account.reserve(1));
        assert_eq!(account.to_json(), json!({"credits": 500, "availableCredits": 0}));
        account.settle(200, true);
        assert_eq!(account.to_json(), json!({"credits": 300, "availableCredits": 0}));
        account.settle(300, false);
        assert_eq!(account.to_json(), json!({"credits": 300, "availableCredits": 300}));
    }
}
