//! Paid promotion: approved by its amount, booked on its line and nowhere beyond it, whatever is reported and however often; and what to
//! advertise next.

mod desk;
mod life;
mod next;
mod spend;
