//! The media library, in a folder and in the bucket of a real S3 server.

mod bench;
mod bucket;
mod library;
mod posters;
mod uploads;
