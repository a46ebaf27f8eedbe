//! Puts the templates into the binary; a debug build reads them from disk instead.
fn main() {
    minijinja_embed::embed_templates!("templates");
}
