//! Tells cargo what is compiled in beside the sources: `sqlx::migrate!` reads the migrations
//! without its knowledge.

fn main() {
    println!("cargo:rerun-if-changed=src/vault/migrations");
    println!("cargo:rerun-if-changed=src/keyring/migrations");
}
