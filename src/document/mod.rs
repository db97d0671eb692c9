mod edits;
pub mod merge;
pub mod text;
