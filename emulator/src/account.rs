//! API keys and what they can pay.

use serde_json::{Value, json};

/// One account. Its API key stays in here: answers and the ledger name accounts by their number.
#[derive(Clone, Debug)]
pub struct Account {
    key: String,
    credits: u64,
    reserved: u64,
}

impl Account {
    /// An account with this key and balance.
    pub fn new(key: impl Into<String>, credits: u64) -> Self {
        Self {
            key: key.into(),
            credits,
            reserved: 0,
        }
    }

    /// Whether the key opens this account.
    pub fn has_key(&self, key: &str) -> bool {
        self.key == key
    }

    /// What is left when the running tasks are paid.
    pub fn available(&self) -> u64 {
        self.credits.saturating_sub(self.reserved)
    }

    /// Sets the balance, under what running tasks hold.
    pub fn set_credits(&mut self, credits: u64) {
        self.credits = credits;
    }

    /// Holds back the price of a new task, if there is enough.
    pub fn reserve(&mut self, price: u64) -> bool {
        let enough = price <= self.available();
        if enough {
            self.reserved += price;
        }
        enough
    }

    /// Ends a reservation: a completed task is paid, a failed one gives its credits back.
    pub fn settle(&mut self, price: u64, completed: bool) {
        self.reserved = self.reserved.saturating_sub(price);
        if completed {
            self.credits = self.credits.saturating_sub(price);
        }
    }

    /// The documented answer of GET account/credits.
    pub fn answer(&self) -> Value {
        json!({ "credits": self.credits, "availableCredits": self.available() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reservation_is_held_back_then_spent_or_given_back() {
        let mut account = Account::new("k", 500);
        assert!(account.reserve(200) && account.reserve(300));
        assert!(!account.reserve(1));
        assert_eq!(account.answer(), json!({"credits": 500, "availableCredits": 0}));
        account.settle(200, true);
        assert_eq!(account.answer(), json!({"credits": 300, "availableCredits": 0}));
        account.settle(300, false);
        assert_eq!(account.answer(), json!({"credits": 300, "availableCredits": 300}));
    }
}
