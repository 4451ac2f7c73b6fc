//! What is searched for and where it is found, as far as no database is needed.
//!
//! [`words`] takes text apart in the one way that the index and every query share; [`wanted`] makes
//! a query of what somebody typed; [`place`] finds it again in a text, to rank and to mark it.

mod place;
mod wanted;
mod words;

pub use place::Passage;
pub use wanted::Wanted;
pub(crate) use words::{Facets, index_text};
