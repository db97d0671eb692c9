//! What keeps the house in order.

mod providers;
