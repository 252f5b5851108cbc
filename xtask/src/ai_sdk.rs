//! Builds `sd2-client/ai-sdk`. It imports `sd2-client` by name, so that a user's bundler chooses the right entry.

use crate::bundle::{MINIFY, bundle, copy_files};
use anyhow::Result;

/// Bundles the entry and copies its types.
pub fn build() -> Result<()> {
    let options = [&MINIFY[..], &["--external:sd2-client"]].concat();
    bundle("js/ai-sdk.js", "ai-sdk", &options)?;
    copy_files(&["ai-sdk.d.ts"])
}
