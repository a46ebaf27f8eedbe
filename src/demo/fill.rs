use crate::app::App; use crate::error::Error; pub async fn fill(_: &App) -> Result<(), Error> { Ok(()) }
