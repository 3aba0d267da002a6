//! The publishing engine against real servers of the networks, with connections that are spoiled on the way: whatever
//! happens, a publication is on the network once or not at all, and the product knows which.

mod bench;
mod on_real_servers;
mod threads;
